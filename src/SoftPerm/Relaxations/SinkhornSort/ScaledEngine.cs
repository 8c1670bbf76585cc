namespace SoftPerm.Relaxations;

/// <summary>A relaxed permutation with rows and columns scaled: diag(u) P̂ diag(v).</summary>
internal sealed class ScaledEngine : PermutationEngine
{
    private readonly PermutationEngine relaxed;
    private readonly Tensor rowScales;
    private readonly Tensor columnScales;

    /// <summary>Scales a permutation by Sinkhorn iterations until its columns sum to nearly 1 and its rows to 1.</summary>
    /// <param name="relaxed">P̂, whose rows sum to 1. Belongs to this engine from here on.</param>
    /// <param name="iterations">How many.</param>
    public ScaledEngine(PermutationEngine relaxed, int iterations)
        : base([.. relaxed.Batch, relaxed.Items], relaxed.ElementType, relaxed.Device, relaxed.Descending)
    {
        this.relaxed = relaxed;
        rowScales = columnScales = ones([.. Batch, Items, 1], ElementType, Device);
        for (var k = 0; k < iterations; k++)
        {
            columnScales = Inverted(relaxed.ApplyTranspose(rowScales));
            rowScales = Inverted(relaxed.Apply(columnScales));
        }

        Hold(rowScales, columnScales);
    }

    public override Tensor? PresentCount => relaxed.PresentCount;

    public override bool AllOrdinary => relaxed.AllOrdinary;

    public override bool HasLostTensors => relaxed.HasLostTensors || base.HasLostTensors;

    public override Tensor Apply(Tensor values) => relaxed.Apply(values.mul(columnScales)).mul(rowScales);

    public override Tensor SoftlySorted(Tensor scores) => InfiniteScores.Sorted(scores, this, base.SoftlySorted);

    public override Tensor ApplyTranspose(Tensor values) => relaxed.ApplyTranspose(values.mul(rowScales)).mul(columnScales);

    public override Tensor Rows(Tensor places) =>
        relaxed.Rows(places).mul(Gathered.Entries(rowScales.squeeze(-1), places).unsqueeze(-1)).mul(columnScales.transpose(-1, -2));

    public override Tensor CrossEntropy(Tensor order)
    {
        var logs = rowScales.squeeze(-1).log().Plus(Gathered.Entries(columnScales.squeeze(-1).log(), order));
        return relaxed.CrossEntropy(order).sub(MeanOverPresent(logs));
    }

    public override Tensor LogMatrix() => relaxed.LogMatrix().Plus(rowScales.log()).Plus(columnScales.log().transpose(-1, -2));

    public override Tensor Matrix() => relaxed.Matrix().mul(rowScales).mul(columnScales.transpose(-1, -2));

    public override Tensor Order() => relaxed.Order();

    public override void ForEachTensor(Action<Tensor> action)
    {
        base.ForEachTensor(action);
        relaxed.ForEachTensor(action);
    }

    protected override void Release() => relaxed.Dispose();

    /// <summary>1 / sums; 1 where there is nothing to scale.</summary>
    private static Tensor Inverted(Tensor sums) => sums.masked_fill(sums.eq(Number(0)), Number(1)).reciprocal();
}
