using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>What the studies estimate: the expected cost of orders whose items each have a place where they should be.</summary>
/// <remarks>
/// <para><b>Definition.</b> With r_j the place of item j, read through the operator as <c>r = P̂ᵀ (0, 1, …, n-1)</c>, and t_j the
/// place where it should be: <c>f(P̂) = mean_j (r_j - t_j)² / ((n² - 1) / 6)</c>.</para>
/// <para><b>Properties.</b> 0 at the target; 1 in expectation over uniform orders, at every n. On orders it is linear in the
/// places, as Σ r_j² is the same for all of them; on relaxed permutations it is not.</para>
/// </remarks>
internal sealed class PlaceProblem
{
    /// <summary>The most items whose orders are enumerated for the exact gradient.</summary>
    public const int EnumerationLimit = 8;

    private readonly double[] target;

    private PlaceProblem(double[] logits, double[] target)
    {
        Logits = logits;
        this.target = target;
    }

    /// <summary>The logits of the distribution, or the scores.</summary>
    public IReadOnlyList<double> Logits { get; }

    /// <summary>The number of items n.</summary>
    public int Items => Logits.Count;

    /// <summary>Whether the exact gradient comes from all n! orders.</summary>
    public bool IsEnumerated => Items <= EnumerationLimit;

    /// <summary>Standard normal logits and a target order that knows nothing of them.</summary>
    /// <remarks>Neighbours among sorted logits often change places and far ones seldom do: neither uniform nor a point.</remarks>
    public static PlaceProblem Drawn(int items, ulong seed)
    {
        var draw = new SplitMix64(seed, (ulong)items);
        var logits = new double[items];
        for (var i = 0; i < items; i++) logits[i] = Math.Sqrt(-2 * Math.Log(1 - draw.Unit())) * Math.Cos(2 * Math.PI * draw.Unit());
        return new PlaceProblem(logits, Shuffled(items, ref draw));
    }

    /// <summary>Scores in disorder, sorted neighbours half to one and a half apart; the target is their own order.</summary>
    public static PlaceProblem Separated(int items, ulong seed)
    {
        var draw = new SplitMix64(seed, (ulong)items);
        var places = Shuffled(items, ref draw);
        var scores = new double[items];
        for (var i = 0; i < items; i++) scores[i] = ((items - 1) / 2.0) - places[i] + draw.Between(-0.25, 0.25);
        return new PlaceProblem(scores, places);
    }

    /// <summary>The logits of independent repetitions, [repetitions, n], each a leaf of its own in the graph.</summary>
    public Tensor Rows(long repetitions) => tensor([.. Logits]).expand(repetitions, Items).clone().requires_grad_();

    /// <summary>The cost of permutations, of their batch shape.</summary>
    public Tensor Cost(RelaxedPermutation permutation)
    {
        var places = permutation.ApplyTranspose(Indices(Items, float64).unsqueeze(-1)).squeeze(-1);
        return places.sub(tensor(target)).Squared().mean([-1]).div(Number(Scale));
    }

    /// <summary>The items in the order in which they should be, int64, shape [n].</summary>
    public Tensor TargetOrder() => tensor(target).argsort();

    /// <summary>The exact gradient of the expected cost in the logits: by enumeration up to n = 8, then from pairs of items.</summary>
    public double[] ExactGradient() => IsEnumerated ? Gradient(logits => new ExactEstimator().Surrogate(new PlackettLuce(logits), Cost, 1, new Generator(0))) : PairwiseGradient();

    /// <summary>The same at any n, as the cost is linear in places: item i's expected place is Σ_j q(j before i), <c>q = sigmoid(l_j - l_i)</c>.</summary>
    public double[] PairwiseGradient() => Gradient(logits =>
    {
        var before = logits.unsqueeze(-2).sub(logits.unsqueeze(-1)).sigmoid().sum([-1]).sub(Number(0.5)); // no item is before itself
        return before.mul(tensor(target)).mean([-1]).mul(Number(-2 / Scale)); // what is left out does not depend on the logits
    });

    private double Scale => (((double)Items * Items) - 1) / 6;

    private double[] Gradient(Func<Tensor, Tensor> expectation)
    {
        using var scope = NewDisposeScope();
        var logits = Rows(1).squeeze(0).detach().requires_grad_();
        expectation(logits).backward();
        return logits.grad!.data<double>().ToArray();
    }

    private static double[] Shuffled(int items, ref SplitMix64 draw)
    {
        double[] places = [.. Enumerable.Range(0, items)];
        for (var i = items - 1; i > 0; i--)
        {
            var other = draw.Below(i + 1);
            (places[i], places[other]) = (places[other], places[i]);
        }

        return places;
    }
}
