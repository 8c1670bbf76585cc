using ScottPlot.TickGenerators;

namespace SoftPerm.Experiments.Reports;

/// <summary>Ticks of an axis that shows logarithms to the base 10.</summary>
internal static class LogTicks
{
    /// <summary>A labelled tick at each power of ten, and small ones at its multiples.</summary>
    /// <param name="from">The lowest exponent.</param>
    /// <param name="to">The highest exponent.</param>
    /// <param name="label">The text at an exponent.</param>
    /// <param name="between">The text at twice and five times those powers; null for none.</param>
    public static NumericManual Decades(int from, int to, Func<int, string> label, Func<double, string>? between = null)
    {
        var ticks = new NumericManual();
        for (var exponent = from; exponent <= to; exponent++)
        {
            ticks.AddMajor(exponent, label(exponent));
            for (var multiple = 2; multiple < 10; multiple++)
            {
                var position = exponent + Math.Log10(multiple);
                if (multiple is 2 or 5 && between is not null) ticks.AddMajor(position, between(multiple * Math.Pow(10, exponent)));
                else ticks.AddMinor(position);
            }
        }

        return ticks;
    }
}
