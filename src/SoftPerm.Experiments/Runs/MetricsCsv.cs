using System.Globalization;

namespace SoftPerm.Experiments.Runs;

/// <summary>The lines of metrics.csv. Numbers read back to the same bits; null is an empty field.</summary>
internal static class MetricsCsv
{
    public const string Header =
        "step,learning_rate,temperature,loss,rank_accuracy,permutation_accuracy," +
        "validation_loss,validation_rank_accuracy,validation_permutation_accuracy";

    private const int Fields = 9;

    public static string Format(MetricRow row) => string.Join(
        ',',
        row.Step.ToString(CultureInfo.InvariantCulture),
        Format(row.LearningRate),
        Format(row.Temperature),
        Format(row.Loss),
        Format(row.RankAccuracy),
        Format(row.PermutationAccuracy),
        Format(row.ValidationLoss),
        Format(row.ValidationRankAccuracy),
        Format(row.ValidationPermutationAccuracy));

    /// <exception cref="FormatException">The line is not what <see cref="Format(MetricRow)"/> writes.</exception>
    /// <exception cref="OverflowException">The step does not fit 64 bits.</exception>
    public static MetricRow Parse(string line)
    {
        var f = line.Split(',');
        if (f.Length != Fields) throw new FormatException($"It has {f.Length} fields; {Fields} are expected.");
        return new MetricRow(
            long.Parse(f[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            Number(f[1]), Number(f[2]), Number(f[3]), Number(f[4]), Number(f[5]),
            NumberOrNull(f[6]), NumberOrNull(f[7]), NumberOrNull(f[8]));
    }

    private static string Format(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static double Number(string field) => double.Parse(field, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double? NumberOrNull(string field) => field.Length == 0 ? null : Number(field);
}
