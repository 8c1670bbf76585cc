using SoftPerm.Experiments;
using SoftPerm.Experiments.Files;

namespace SoftPerm.Cli;

/// <summary>The arrays of one <c>softperm apply</c>, read and of shapes that fit each other.</summary>
internal sealed record ApplyInputs(NdArray Scores, NdArray? Values, NdArray? Upstream, NdArray? UpstreamMatrix)
{
    private const int Copies = 3;             // the logits, the matrix and what is made of it
    private const int GradientCopies = 12;    // what the graph keeps of every row, in float64 whatever the result's type

    /// <summary>Reads and checks every file named.</summary>
    /// <exception cref="UserErrorException">A file cannot be read, or does not fit the others.</exception>
    public static ApplyInputs Read(ApplyArguments arguments)
    {
        if (arguments.Upstream is not null && arguments.Values is null)
            throw new UserErrorException("--upstream is the gradient in 'applied', which needs --values.");
        if (arguments.UpstreamMatrix is not null && !arguments.Matrix)
            throw new UserErrorException("--upstream-matrix is the gradient in 'matrix', which --no-matrix leaves out; drop one of them.");
        if (!HasMatrix(arguments) && (arguments.Values ?? arguments.UpstreamMatrix) is not null)
            throw new UserErrorException($"--values and --upstream-matrix need a matrix, and {arguments.Operator} has none; leave them out, or choose another operator.");
        var scores = ReadScores(arguments);
        var values = arguments.Values is null ? null : ReadValues(arguments.Values, scores);
        return new ApplyInputs(scores, values, ReadUpstream(arguments, scores, values), ReadUpstreamMatrix(arguments, scores));
    }

    private static NdArray ReadScores(ApplyArguments arguments)
    {
        var scores = ArrayFile.ReadVector(arguments.Scores);
        if (scores.Shape.Length == 0) throw Wrong("--scores", arguments.Scores, scores, "a list [n] of at least one score, or batches of them [..., n]");
        if (scores.Data.Length == 0) throw Wrong("--scores", arguments.Scores, scores, "at least one score");
        var differentiated = arguments.Upstream is not null || arguments.UpstreamMatrix is not null;
        if ((arguments.Matrix && HasMatrix(arguments)) || differentiated) CheckMemory(scores, differentiated ? GradientCopies : Copies);
        return scores;
    }

    private static bool HasMatrix(ApplyArguments arguments) => RelaxationCatalog.Of(arguments.Operator).Properties.HasFlag(RelaxationProperties.Matrix);

    private static void CheckMemory(NdArray scores, int copies)
    {
        var bytes = (double)scores.Data.Length * scores.Shape[^1] * sizeof(double) * copies;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new UserErrorException($"scores of shape {scores.ShapeText} need about {bytes / 1e9:F1} GB for their matrix, and this machine has {available / 1e9:F1} GB; use --no-matrix and no upstream, or fewer scores.");
    }

    private static NdArray ReadValues(string path, NdArray scores)
    {
        var values = AsColumn(ArrayFile.Read(path));
        var (batch, items) = (scores.Shape[..^1], scores.Shape[^1]);
        if (values.Shape.Length < 2 || values.Shape[^2] != items || Broadcast(values.Shape[..^2], batch) is null)
            throw Wrong("--values", path, values, $"[{string.Concat(batch.Select(b => $"{b}, "))}{items}, d] for scores of shape {scores.ShapeText}");
        return values;
    }

    private static NdArray? ReadUpstream(ApplyArguments arguments, NdArray scores, NdArray? values)
    {
        if (arguments.Upstream is null || values is null) return null;
        var upstream = AsColumn(ArrayFile.Read(arguments.Upstream));
        long[] applied = [.. Broadcast(values.Shape[..^2], scores.Shape[..^1])!, .. values.Shape[^2..]];
        return upstream.Shape.AsSpan().SequenceEqual(applied) ? upstream : throw Wrong("--upstream", arguments.Upstream, upstream, $"{NdArray.Text(applied)}, that of 'applied'");
    }

    private static NdArray? ReadUpstreamMatrix(ApplyArguments arguments, NdArray scores)
    {
        if (arguments.UpstreamMatrix is null) return null;
        var upstream = ArrayFile.Read(arguments.UpstreamMatrix);
        long[] matrix = [.. scores.Shape, scores.Shape[^1]];
        return upstream.Shape.AsSpan().SequenceEqual(matrix) ? upstream : throw Wrong("--upstream-matrix", arguments.UpstreamMatrix, upstream, $"{NdArray.Text(matrix)}, that of 'matrix'");
    }

    private static NdArray AsColumn(NdArray array) => array.Shape is [var items] ? array.Reshaped(items, 1) : array;

    private static UserErrorException Wrong(string option, string path, NdArray found, string allowed) =>
        new($"{option} {path} has shape {found.ShapeText}; it must be {allowed}.");

    private static long[]? Broadcast(long[] a, long[] b)
    {
        var shape = new long[Math.Max(a.Length, b.Length)];
        for (var k = 1; k <= shape.Length; k++)
        {
            var (x, y) = (k <= a.Length ? a[^k] : 1, k <= b.Length ? b[^k] : 1);
            if (x != y && x != 1 && y != 1) return null;
            shape[^k] = x == 1 ? y : x;
        }

        return shape;
    }
}
