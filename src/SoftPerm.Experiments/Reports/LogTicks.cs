using ScottPlot.TickGenerators;

namespace SoftPerm.Experiments.Reports;

/// <summary>Ticks of an axis that shows logarithms to the base 10.</summary>
internal static class LogTicks
{
    /// <summary>A labelled tick at each power of ten, and small ones at its multiples.</summary>
    /// <param name="from">The lowest exponent.</param>
    /// <param name="to">The highest exponent.</param>
    /// <param name="label">The text at an exponent.</param>
    /// <param name="labelOfThree">The text at three times that power; null for none.</param>
    public static NumericManual Decades(int from, int to, Func<int, string> label, Func<int, string>? labelOfThree = null)
    {
        var ticks = new NumericManual();
        for (var exponent = from; exponent <= to; exponent++)
        {
            ticks.AddMajor(exponent, label(exponent));
            for (var multiple = 2; multiple < 10; multiple++)
            {
                var position = exponent + Math.Log10(multiple);
                if (multiple == 3 && labelOfThree is not null) ticks.AddMajor(position, labelOfThree(exponent));
                else ticks.AddMinor(position);
            }
        }

        return ticks;
    }
}
