using SoftPerm.Training;
using SoftPerm.Training.IO;

namespace SoftPerm.Cli;

/// <summary>The arrays of one <c>softperm apply</c>, read and of shapes that fit each other.</summary>
/// <param name="Scores">What to sort by.</param>
/// <param name="Mask">Which scores are there, of the shape of the scores; null for all.</param>
/// <param name="Values">What to sort.</param>
/// <param name="Upstreams">The gradients of a loss, by the result that each is in and of its shape.</param>
internal sealed record ApplyInputs(NdArray Scores, NdArray? Mask, NdArray? Values, IReadOnlyDictionary<ApplyResult, NdArray> Upstreams)
{
    private const int Copies = 3;             // the logits, the matrix and what is made of it
    private const int GradientCopies = 12;    // what the graph keeps of every row, in float64 whatever the result's type

    /// <summary>Reads and checks every file named.</summary>
    /// <exception cref="UserErrorException">A file cannot be read, or does not fit the others.</exception>
    public static ApplyInputs Read(ApplyArguments arguments, ArrayFile files)
    {
        CheckOptions(arguments);
        var scores = ReadScores(arguments, files);
        if (arguments.TopK is { } k && (k < 1 || k > scores.Shape[^1])) throw new UserErrorException($"--top-k is {k}; allowed: 1 to {scores.Shape[^1]}, the number of scores.");
        var mask = arguments.Mask is null ? null : ReadMask(arguments.Mask, scores, files);
        var values = arguments.Values is null ? null : ReadValues(arguments.Values, scores, files);
        return new ApplyInputs(scores, mask, values, arguments.Upstreams.ToDictionary(u => u.Key, u => ReadUpstream(u.Key, u.Value, scores, values, files)));
    }

    private static void CheckOptions(ApplyArguments arguments)
    {
        foreach (var result in arguments.Upstreams.Keys)
            if (result.WhyAbsent(arguments) is { } reason) throw new UserErrorException($"{result.Upstream} is the gradient in '{result.Name}', which {reason}.");
        if (arguments.Values is not null && !arguments.HasMatrix)
            throw new UserErrorException($"--values needs a matrix, and {arguments.Operator} has none; leave it out, or choose another operator.");
        string?[] paths = [arguments.Scores, arguments.Mask, arguments.Values, .. arguments.Upstreams.Values];
        if (paths.Count(path => path == ArrayFile.StandardInput) > 1)
            throw new UserErrorException($"{ArrayFile.StandardInput}, the standard input, is named for several arrays; it holds one. Put the others into files.");
    }

    private static NdArray ReadScores(ApplyArguments arguments, ArrayFile files)
    {
        var scores = files.ReadVector(arguments.Scores);
        if (scores.Shape.Length == 0) throw Wrong("--scores", arguments.Scores, scores, "a list [n] of at least one score, or batches of them [..., n]");
        if (scores.Data.Length == 0) throw Wrong("--scores", arguments.Scores, scores, "at least one score");
        if (arguments.Matrix && arguments.HasMatrix) CheckMemory(scores, arguments.Upstreams.Count > 0 ? GradientCopies : Copies);
        return scores;
    }

    private static void CheckMemory(NdArray scores, int copies)
    {
        var bytes = (double)scores.Data.Length * scores.Shape[^1] * sizeof(double) * copies;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new UserErrorException($"scores of shape {scores.ShapeText} need about {bytes / 1e9:F1} GB for their matrix, and this machine has {available / 1e9:F1} GB; use --no-matrix, or fewer scores.");
    }

    private static NdArray ReadMask(string path, NdArray scores, ArrayFile files)
    {
        var mask = files.ReadMask(path);
        if (Broadcast(mask.Shape, scores.Shape) is not { } shape || !shape.AsSpan().SequenceEqual(scores.Shape))
            throw Wrong("--mask", path, mask, $"that of the scores, {scores.ShapeText}, or broadcast to it");
        using var scope = TorchSharp.torch.NewDisposeScope();
        return new NdArray(mask.ToTensor(TorchSharp.torch.ScalarType.Float64).expand(scores.Shape).contiguous().data<double>().ToArray(), scores.Shape);
    }

    private static NdArray ReadValues(string path, NdArray scores, ArrayFile files)
    {
        var values = AsColumn(files.Read(path));
        var (batch, items) = (scores.Shape[..^1], scores.Shape[^1]);
        if (values.Shape.Length < 2 || values.Shape[^2] != items || Broadcast(values.Shape[..^2], batch) is null)
            throw Wrong("--values", path, values, $"[{string.Concat(batch.Select(b => $"{b}, "))}{items}, d] for scores of shape {scores.ShapeText}");
        return values;
    }

    private static NdArray ReadUpstream(ApplyResult result, string path, NdArray scores, NdArray? values, ArrayFile files)
    {
        var shape = ShapeOf(result, scores.Shape, values?.Shape ?? []);
        var upstream = result == ApplyResult.Applied ? AsColumn(files.Read(path)) : shape.Length < 2 ? files.ReadVector(path) : files.Read(path);
        if (shape.Length == 0 && upstream.Shape is [1]) upstream = upstream.Reshaped(); // a file has no single numbers but in lists
        return upstream.Shape.AsSpan().SequenceEqual(shape) ? upstream : throw Wrong(result.Upstream, path, upstream, $"{NdArray.Text(shape)}, that of '{result.Name}'");
    }

    private static long[] ShapeOf(ApplyResult result, long[] scores, long[] values)
    {
        if (result == ApplyResult.Applied) return [.. Broadcast(values[..^2], scores[..^1])!, .. values[^2..]];
        if (result == ApplyResult.Matrix) return [.. scores, scores[^1]];
        return result == ApplyResult.Quantile ? scores[..^1] : scores;
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
