using SoftPerm.Experiments;
using SoftPerm.Experiments.Files;

namespace SoftPerm.Cli;

/// <summary>The arrays of one <c>softperm apply</c>, read and of shapes that fit each other.</summary>
internal sealed record ApplyInputs(NdArray Scores, NdArray? Values, NdArray? Upstream, NdArray? UpstreamMatrix)
{
    private const int MatrixCopies = 3; // the logits, the matrix and what is made of it

    /// <summary>Reads and checks every file named.</summary>
    /// <exception cref="UserErrorException">A file cannot be read, or does not fit the others.</exception>
    public static ApplyInputs Read(ApplyArguments arguments)
    {
        if (arguments.Upstream is not null && arguments.Values is null)
            throw new UserErrorException("--upstream is the gradient in 'applied', which needs --values.");
        if (arguments.UpstreamMatrix is not null && !arguments.Matrix)
            throw new UserErrorException("--upstream-matrix is the gradient in 'matrix', which --no-matrix leaves out; drop one of them.");
        var scores = ReadScores(arguments);
        var values = arguments.Values is null ? null : ReadValues(arguments.Values, scores);
        return new ApplyInputs(scores, values, ReadUpstream(arguments, scores, values), ReadUpstreamMatrix(arguments, scores));
    }

    private static NdArray ReadScores(ApplyArguments arguments)
    {
        var scores = ArrayFile.ReadVector(arguments.Scores);
        if (scores.Shape.Length == 0) throw Wrong("--scores", arguments.Scores, scores, "a list [n] of at least one score, or batches of them [..., n]");
        if (scores.Data.Length == 0) throw Wrong("--scores", arguments.Scores, scores, "at least one score");
        if (arguments.Matrix) CheckMemory(scores, arguments.Float32 ? sizeof(float) : sizeof(double));
        return scores;
    }

    private static void CheckMemory(NdArray scores, int elementBytes)
    {
        var bytes = (double)scores.Data.Length * scores.Shape[^1] * elementBytes;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes * MatrixCopies > available)
            throw new UserErrorException($"the matrix of scores of shape {scores.ShapeText} takes {bytes / 1e9:F1} GB, and this machine has {available / 1e9:F1} GB; leave it out with --no-matrix.");
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
