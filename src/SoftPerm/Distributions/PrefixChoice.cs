namespace SoftPerm.Distributions;

/// <summary>One place of a Plackett-Luce order, for every set of items that may be in the places before it.</summary>
/// <remarks>The sets of m items are a layer of 2ⁿ; the next place's choice depends on the set alone, not on its order.</remarks>
/// <param name="LogReach">The log-probability that the first m places hold each set, [..., sets].</param>
/// <param name="LogChoice">The log-probability of each item left, given the set, [..., sets, n - m].</param>
/// <param name="Left">The items left, int64 [sets, n - m].</param>
internal sealed record PrefixChoice(Tensor LogReach, Tensor LogChoice, Tensor Left)
{
    /// <summary>Walks the places, first to last.</summary>
    /// <param name="logits">Finite, [..., n]; wide enough for sums of 2ⁿ products.</param>
    public static IEnumerable<PrefixChoice> Walk(Tensor logits)
    {
        var items = (int)logits.size(-1);
        var reach = zeros([.. logits.shape[..^1], 1], logits.dtype, logits.device);
        int[] sets = [0];
        for (var place = 0; place < items; place++)
        {
            var left = Indices([.. sets.Select(set => Members(~set, items))], logits.device);
            var choice = logits.index_select(-1, left.flatten()).reshape([.. logits.shape[..^1], .. left.shape]).log_softmax(-1);
            yield return new PrefixChoice(reach, choice, left);
            int[] larger = [.. Enumerable.Range(0, 1 << items).Where(set => int.PopCount(set) == place + 1)];
            var ways = Indices([.. larger.Select(set => Ways(set, sets, items))], logits.device);
            var reached = reach.unsqueeze(-1).Plus(choice).flatten(-2);
            reach = reached.index_select(-1, ways.flatten()).reshape([.. logits.shape[..^1], .. ways.shape]).logsumexp(-1);
            sets = larger;
        }
    }

    /// <summary>The expectation over sets of what depends on the set, [..., sets] → [...].</summary>
    public Tensor Expect(Tensor bySet) => LogReach.exp().mul(bySet).sum(-1);

    /// <summary>Where, among the (set, item left) pairs of the layer before, the pairs are that make up a set.</summary>
    private static long[] Ways(int set, int[] smaller, int items) =>
    [
        .. Members(set, items).Select(item =>
        {
            var before = set & ~(1 << (int)item);
            var left = Members(~before, items);
            return ((long)Array.BinarySearch(smaller, before) * left.Length) + Array.IndexOf(left, item);
        }),
    ];

    private static long[] Members(int set, int items) => [.. Enumerable.Range(0, items).Where(item => (set >> item & 1) != 0).Select(item => (long)item)];

    private static Tensor Indices(long[][] rows, Device device) =>
        tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length], device: device);
}
