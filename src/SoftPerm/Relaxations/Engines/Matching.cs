using SoftPerm.Kernels.Assignment;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Relaxations;

/// <summary>Permutations that gain most, for batches of matrices.</summary>
internal static class Matching
{
    /// <summary>The column of each row, int64 [..., n], in the best perfect matching of gains [..., n, n] that allow one.</summary>
    public static Tensor Best(Tensor gains)
    {
        using var scope = new CallScope(gains);
        using var _ = no_grad();
        var order = empty(gains.shape[..^1], int64);
        ForEach(gains, order, static (matrix, places) =>
        {
            using var columns = new ScratchArray<int>(places.Length);
            LinearAssignment.Solve(matrix, places.Length, columns.Span);
            for (var place = 0; place < places.Length; place++) places[place] = columns.Span[place];
        });
        return order.to(gains.device).MoveToOuterDisposeScope();
    }

    /// <summary>Checks that every matrix allows a permutation whose logits are all finite.</summary>
    /// <exception cref="ArgumentException">-∞ forbids every permutation of a matrix.</exception>
    public static void CheckExists(Tensor logits, string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (logits.isfinite().all().item<bool>()) return;
        var possible = ones(logits.shape[..^1], int64);
        ForEach(logits, possible, static (matrix, places) =>
        {
            using var columns = new ScratchArray<int>(places.Length);
            if (!LinearAssignment.TrySolve(matrix, places.Length, columns.Span)) places.Clear();
        });
        if (!possible.all().item<bool>())
            throw new ArgumentException($"{name} must allow a permutation; each one of some matrix holds a logit of -∞.", name);
    }

    private delegate void Solver(ReadOnlySpan<double> matrix, Span<long> places);

    private static void ForEach(Tensor matrices, Tensor places, Solver solve)
    {
        var n = checked((int)matrices.size(-1));
        var numbers = matrices.detach().cpu().to(float64).contiguous(); // on the CPU first: not every device has float64
        var work = (Numbers: numbers.Buffer<double>(), Places: places.Buffer<long>(), n, Size: checked(n * n), solve);
        Workers.Run(checked((int)(places.numel() / n)), get_num_threads(), work, static (work, k) =>
            work.solve(work.Numbers.Span((long)k * work.Size, work.Size), work.Places.Span((long)k * work.n, work.n)));
        GC.KeepAlive(numbers);
        GC.KeepAlive(places);
    }
}
