
namespace SoftPerm.Relaxations;

/// <summary>The exact permutation forward, a relaxed one's gradient backward.</summary>
internal sealed class StraightThroughEngine : PermutationEngine
{
    private readonly Shared<PermutationEngine> relaxed;
    private readonly ExactEngine exact;

    /// <param name="relaxed">What gradients are those of; this engine holds it from here on. The exact order goes to the scope around the current one.</param>
    public StraightThroughEngine(Shared<PermutationEngine> relaxed)
        : base([.. relaxed.Value.Batch, relaxed.Value.Items], relaxed.Value.ElementType, relaxed.Value.Device, relaxed.Value.Descending)
    {
        this.relaxed = relaxed;
        exact = new ExactEngine(Relaxed.Order(), Relaxed.PresentCount, ElementType, Descending);
        exact.ForEachTensor(static tensor => tensor.MoveToOuterDisposeScope());
        relaxed.Hold();
    }

    public override Tensor? PresentCount => exact.PresentCount;

    public override bool HasLostTensors => Relaxed.HasLostTensors || exact.HasLostTensors;

    public override Tensor Apply(Tensor values) => Join(exact.Apply(values), Relaxed.Apply(values));

    public override Tensor SoftlySorted(Tensor scores) => Join(exact.SoftlySorted(scores), Relaxed.SoftlySorted(scores));

    public override Tensor ApplyTranspose(Tensor values) => Join(exact.ApplyTranspose(values), Relaxed.ApplyTranspose(values));

    public override Tensor TopK(long k) => Join(exact.TopK(k), Relaxed.TopK(k));

    public override Tensor Rows(Tensor places) => Join(exact.Rows(places), Relaxed.Rows(places));

    public override Tensor CrossEntropy(Tensor order) => Join(exact.CrossEntropy(order), Relaxed.CrossEntropy(order));

    public override Tensor LogMatrix() => Join(exact.LogMatrix(), Relaxed.LogMatrix());

    public override Tensor Matrix() => Join(exact.Matrix(), Relaxed.Matrix());

    public override Tensor Order() => exact.Order();

    public override void ForEachTensor(Action<Tensor> action)
    {
        exact.ForEachTensor(action);
        Relaxed.ForEachTensor(action);
    }

    protected override void Release()
    {
        exact.Dispose();
        relaxed.Dispose();
    }

    private PermutationEngine Relaxed => relaxed.Value;

    /// <summary>One result's numbers with another's gradient.</summary>
    internal static Tensor Join(Tensor hard, Tensor soft)
    {
        // Exactly zero where soft is finite; where it is not (log 0, infinite values), there is no gradient to pass on.
        var difference = soft.sub(soft.detach());
        return hard.detach().Plus(difference.masked_fill(soft.detach().isinf(), Number(0)));
    }
}
