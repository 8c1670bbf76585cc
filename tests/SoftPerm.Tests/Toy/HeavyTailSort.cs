using SoftPerm.Relaxations;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Toy;

/// <summary>A relaxation as a newcomer would add one: rows that fall off with a power of the distance from the score at their place.</summary>
/// <remarks><b>Definition.</b> With t the scores sorted, largest first, <c>P[i,j] = softmax_j(-log(1 + |t[i] - s[j]|) / τ)</c>.</remarks>
internal sealed class HeavyTailSort(Temperature temperature, bool descending = true) : Relaxation(temperature, descending)
{
    public override RelaxationProperties Properties =>
        RelaxationProperties.Matrix | RelaxationProperties.ArgmaxSorts | RelaxationProperties.Unimodal | RelaxationProperties.ShiftInvariant
        | RelaxationProperties.UniformWhenHot | RelaxationProperties.PermutationEquivariant;

    /// <summary>What the catalog knows of it.</summary>
    public static KnownRelaxation Known { get; } = new("heavy-tail", "Heavy-tail sort", "Of no publication", temperatureUnit: "1",
        (temperature, descending) => new HeavyTailSort(temperature, descending),
        (deviation, items) => deviation.log1p() / items.sqrt());

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        new RowsEngine(scores, mask, Descending, sorted => new HeavyTailRows(sorted, temperatures, scores.dtype));

    private sealed class HeavyTailRows(SortedScores sorted, Tensor temperatures, ScalarType type) : LogRows(sorted, type)
    {
        private readonly Tensor scores = sorted.Values.alias(), own = sorted.SharedByEquals(), unit = temperatures.unsqueeze(-1).unsqueeze(-1);

        public override IEnumerable<Tensor> Tensors => [scores, own, unit];

        protected override Tensor Logits(Tensor places)
        {
            long[] rows = [.. scores.shape.AsSpan()[..^1], places.size(-1)];
            var distance = own.gather(-1, places.expand(rows)).unsqueeze(-1).sub(scores.unsqueeze(-2)).abs();
            return distance.log1p().div(unit).clamp_max(Number(1e300)).Plus(SortedScores.SpoiledBy(scores).unsqueeze(-1)).neg();
        }
    }
}
