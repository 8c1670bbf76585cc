using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.LapSum;

/// <summary>Single entries of log P and their slopes, from distances only: exact where P itself underflows.</summary>
/// <param name="row">The thresholds.</param>
/// <param name="depths">y.</param>
/// <param name="before">How far each threshold lies behind the score before it.</param>
/// <param name="behind">How far each threshold lies before the score behind it.</param>
internal readonly ref struct LogEntries(ThresholdRow row, ReadOnlySpan<double> depths, ReadOnlySpan<double> before, ReadOnlySpan<double> behind)
{
    private const double Ln2 = 0.693147180559945309;

    private readonly ThresholdRow row = row;
    private readonly ReadOnlySpan<double> depths = depths;
    private readonly ReadOnlySpan<double> before = before;
    private readonly ReadOnlySpan<double> behind = behind;

    /// <summary>log P of a place and a sorted item.</summary>
    public double Log(int place, int item)
    {
        if (row[place].Segment >= item) return OutsideLog(Behind(item, place), place);
        if (row[place + 1].Segment < item) return OutsideLog(Before(item, place + 1), place);
        return Math.Log(Inside(Before(item, place), Behind(item, place + 1)));
    }

    /// <summary>The slopes of log P in the place's two thresholds, that in the first one negated, and their difference.</summary>
    public (double First, double Second, double Difference) Slopes(int place, int item)
    {
        var width = Width(place);
        double near = -1 / ExpMinusOne.Of(-width), far = 1 / ExpMinusOne.Of(width);
        if (row[place].Segment >= item) return (near, far, -1);
        if (row[place + 1].Segment < item) return (far, near, 1);
        double first = Before(item, place), second = Behind(item, place + 1), entry = Inside(first, second);
        first = 0.5 * Math.Exp(-first) / entry;
        second = 0.5 * Math.Exp(-second) / entry;
        return (first, second, second - first);
    }

    private static double Inside(double first, double second) => -0.5 * (ExpMinusOne.Of(-first) + ExpMinusOne.Of(-second));

    private double OutsideLog(double distance, int place) => Math.Log(-ExpMinusOne.Of(-Width(place))) - distance - Ln2;

    /// <summary>How far a threshold before an item lies before it.</summary>
    private double Before(int item, int k) => k == 0 ? double.PositiveInfinity : depths[item] - depths[row[k].Segment + 1] + behind[k];

    /// <summary>How far a threshold behind an item lies behind it.</summary>
    private double Behind(int item, int k) => k == depths.Length ? double.PositiveInfinity : depths[row[k].Segment] - depths[item] + before[k];

    /// <summary>d[i+1] - d[i], measured from the side where distances are small.</summary>
    private double Width(int place)
    {
        if (place == 0 || place + 1 == depths.Length) return double.PositiveInfinity;
        int first = row[place].Segment, second = row[place + 1].Segment;
        if (first != second) return behind[place] + (depths[second] - depths[first + 1]) + before[place + 1];
        return row[place + 1].Excess <= 0 ? before[place + 1] - before[place] : behind[place] - behind[place + 1];
    }
}
