using SoftPerm.Relaxations;

namespace SoftPerm;

/// <summary>A relaxation as the catalog knows it.</summary>
public sealed record KnownRelaxation
{
    internal KnownRelaxation(
        string name, string title, string source, string temperatureUnit,
        Func<Temperature, bool, SoftOrdering> create, Func<Tensor, Tensor, Tensor> scaleFreeTemperature) =>
        (Name, Title, Source, TemperatureUnit, Create, ScaleFreeTemperature) = (name, title, source, temperatureUnit, create, scaleFreeTemperature);

    /// <summary>Its name on the command line.</summary>
    public string Name { get; internal init; }

    /// <summary>Its name in text.</summary>
    public string Title { get; internal init; }

    /// <summary>Where it was published.</summary>
    public string Source { get; internal init; }

    /// <summary>What temperatures are measured in, s being a unit of the scores.</summary>
    public string TemperatureUnit { get; internal init; }

    /// <summary>The time of an operator of it on the CPU.</summary>
    public string Time { get; internal init; } = "O(n log n)";

    /// <summary>What an operator of it keeps for its gradient on the CPU.</summary>
    public string Memory { get; internal init; } = "O(n)";

    /// <summary>Makes it from a temperature and a direction, true for the largest first.</summary>
    public Func<Temperature, bool, SoftOrdering> Create { get; internal init; }

    /// <summary>Makes it of tensor operations, with derivatives of any order; null where it has no such form.</summary>
    public Func<Temperature, bool, Relaxation>? CreateComposed { get; internal init; }

    /// <summary>The temperature for a standard deviation of the scores and a number of items, both float64 of the
    /// batch shape, at which places blend with about √n others: a place to start from.</summary>
    public Func<Tensor, Tensor, Tensor> ScaleFreeTemperature { get; internal init; }

    /// <summary>Whether softly sorted values and quantiles take the inverse of the temperature that ranks take.</summary>
    public bool SortsByInverseTemperature { get; internal init; }

    /// <summary>What it guarantees.</summary>
    public RelaxationProperties Properties => Create(1, true).Properties;

    /// <summary>Whether the temperatures of scores of any size may be out of the range of numbers, so that these have to be read on another scale.</summary>
    internal bool MayLeaveRange { get; init; }

    /// <summary>The scale-free temperature of each batch row of scores, float64 of the batch shape, without a gradient.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <see cref="ScaleFreeTemperature"/> of the standard deviation, 1 where scores do not differ. For sorting by
    /// an inverse temperature, the inverse of 1.05 times the widest mean gap over ⌈√n⌉ neighbours: the projection then blends no more than
    /// ⌈√n⌉ places, and the more of them the further values lie apart beside the others.</para>
    /// <para><b>Properties.</b> Blind to offsets. Infinite scores do not count.</para>
    /// <para><b>Source.</b> docs/math/permutahedron.md, section 5, for sorting by an inverse temperature.</para>
    /// </remarks>
    /// <param name="scores">Shape [..., n], floating point.</param>
    /// <param name="mask">Which items are there, broadcasting to the scores; null for all.</param>
    /// <param name="sorts">Whether values are to be sorted, and not ranked.</param>
    public Tensor TemperatureFor(Tensor scores, Tensor? mask = null, bool sorts = false)
    {
        using var scope = new CallScope(this, scores, mask);
        using var _ = no_grad();
        if (sorts && SortsByInverseTemperature) return ValueSpacing.Of(scores, mask).reciprocal().clamp_max(Number(double.MaxValue)).MoveToOuterDisposeScope();
        var deviation = ScoreSpread.Deviation(scores, mask);
        var items = mask is null
            ? full_like(deviation, Number(scores.size(-1)))
            : mask.expand(scores.shape).sum(-1).clamp_min(Number(1)).to(deviation.dtype);
        var temperature = ScaleFreeTemperature(deviation, items);
        // That of scores at the end of the range of numbers must be a number too.
        return (MayLeaveRange ? temperature : temperature.clamp(Number(double.Epsilon), Number(double.MaxValue))).MoveToOuterDisposeScope();
    }
}
