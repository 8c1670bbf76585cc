namespace SoftPerm.Relaxations;

/// <summary>Rows of log P̂ in sorted columns, composed of differentiable tensor operations.</summary>
internal abstract class LogRows(SortedScores sorted, ScalarType type)
{
    /// <summary>Entries of a batch of rows computed at once: 8 MB in float64, and some ten temporaries of that size.</summary>
    private const long ChunkEntries = 1 << 20;

    /// <summary>The tensors held.</summary>
    public abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>Cuts the first places into ranges of bounded memory.</summary>
    public IEnumerable<PlaceRange> Chunks(long count)
    {
        var step = Math.Max(1, ChunkEntries / Math.Max(1, sorted.Values.numel()));
        for (long start = 0; start < count; start += step) yield return new PlaceRange(start, Math.Min(step, count - start));
    }

    /// <summary>log P̂ of consecutive places, [..., r, n].</summary>
    public Tensor Log(PlaceRange places) => Log(arange(Number(places.Start), Number(places.Start + places.Count), Number(1), int64, sorted.Values.device));

    /// <summary>log P̂ at the places given, int64 of a shape that broadcasts to [..., r]; result [..., r, n].</summary>
    public Tensor Log(Tensor places)
    {
        var logits = Logits(places).to(type);
        return sorted.Group is { } group ? GroupedLogSoftmax(logits, places, group) : logits.log_softmax(-1);
    }

    /// <summary>The logits of rows at finite places; those of infinite scores and of absent items do not count.</summary>
    protected abstract Tensor Logits(Tensor places);

    /// <summary>Log-softmax where infinite scores and absent items stand apart: mass stays within a row's own group.</summary>
    private static Tensor GroupedLogSoftmax(Tensor logits, Tensor places, Tensor group)
    {
        var rowGroup = group.gather(-1, places.expand(logits.shape.AsSpan()[..^1].ToArray())).unsqueeze(-1);
        var own = rowGroup.eq(group.unsqueeze(-2));
        var absent = rowGroup.eq(Number(3));
        var unsettled = own.sum(-1, keepdim: true).gt(Number(1)).logical_and(rowGroup.ne(Number(1))).logical_and(absent.logical_not());
        // The logit of an infinite score over a cold temperature may be infinite in float32; alone in its place, it does not matter.
        return logits
            .masked_fill(logits.detach().isinf().logical_and(own).logical_and(rowGroup.ne(Number(1))), Number(0))
            .Plus(zeros_like(logits).masked_fill(unsettled, Number(double.NaN))) // added, not filled in, so that the gradient is NaN too
            .masked_fill(own.logical_not(), Number(double.NegativeInfinity))
            .log_softmax(-1)
            .masked_fill(own.logical_or(unsettled).logical_not().logical_or(absent), Number(double.NegativeInfinity)); // again: no gradient there
    }
}

/// <summary>Consecutive places: rows of a relaxation computed together.</summary>
/// <param name="Start">The first place.</param>
/// <param name="Count">How many.</param>
internal readonly record struct PlaceRange(long Start, long Count);
