namespace SoftPerm.Relaxations;

/// <summary>The exact sort forward, the gradients of another backward.</summary>
internal sealed class StraightThroughOrdering(SoftOrdering soft) : SoftOrdering(soft.Descending)
{
    private readonly ExactSort exact = new(soft.Descending);

    public override RelaxationProperties Properties => soft.Properties & CommonProperties.OfComposites;

    internal override string Name => soft.Name;

    internal override nn.Module? Learned => soft.Learned;

    internal override Tensor SortCore(Tensor values, Tensor? mask) => Join(ordering => ordering.SortCore(values, mask));

    internal override Tensor RankCore(Tensor values, Tensor? mask) => Join(ordering => ordering.RankCore(values, mask));

    internal override Tensor TopKCore(Tensor values, long k, Tensor? mask) => Join(ordering => ordering.TopKCore(values, k, mask));

    internal override Tensor QuantileCore(Tensor values, double quantile, Tensor? mask) => Join(ordering => ordering.QuantileCore(values, quantile, mask));

    internal override Tensor ArgSortCore(Tensor values, Tensor? mask) => Join(ordering => ordering.ArgSortCore(values, mask));

    private Tensor Join(Func<SoftOrdering, Tensor> compute) => StraightThroughEngine.Join(compute(exact), compute(soft));
}
