using System.Globalization;
using SoftPerm.Experiments.Reports;

namespace SoftPerm.Experiments.Studies;

/// <summary>What was measured of a relaxation.</summary>
/// <param name="Cell">The relaxation and the number of items.</param>
/// <param name="Correlation">Spearman's ρ of a trained scorer's order of new lists with the true one.</param>
/// <param name="GradientCosine">The mean cosine between the loss's gradient in random scores, against its direction, and the true ranks.</param>
/// <param name="Milliseconds">The median time of soft ranks and their gradient.</param>
/// <param name="SortMilliseconds">That of torch.sort and its gradient, on the same numbers.</param>
/// <param name="PeakBytes">The memory that soft ranks and their gradient take at their peak; null where it could not be measured.</param>
internal sealed record RelaxationRow(
    RelaxationCell Cell, double Correlation, double GradientCosine, double Milliseconds, double SortMilliseconds, long? PeakBytes)
{
    /// <summary>Time in times of torch.sort.</summary>
    public double Ratio => Milliseconds / SortMilliseconds;

    /// <summary>The peak in megabytes, as text; empty where it could not be measured.</summary>
    public string Memory => PeakBytes is { } bytes ? $"{MarkdownTable.Number(bytes / 1e6)} MB" : "";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cell.Relaxation}, n = {Cell.Items}: correlation {Correlation:f3}, gradient {GradientCosine:f3}, {Milliseconds:f1} ms ({Ratio:f1} times torch.sort){(PeakBytes is null ? "" : $", {Memory}")}");
}
