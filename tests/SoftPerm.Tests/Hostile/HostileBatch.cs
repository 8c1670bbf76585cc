using System.Globalization;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Hostile;

/// <summary>Rows of one length, which of their numbers are there, and what is true of each.</summary>
internal sealed record HostileBatch(double[][] Rows, bool[][]? Present, double[][] Targets, bool IsSingle)
{
    /// <summary>n.</summary>
    public int Items => Rows[0].Length;

    /// <summary>The places in a row of what is there.</summary>
    public int[] PresentIn(int row) => [.. Enumerable.Range(0, Items).Where(item => Present is null || Present[row][item])];

    /// <summary>What is there of a row.</summary>
    public double[] ValuesIn(int row) => [.. PresentIn(row).Select(item => Rows[row][item])];

    /// <summary>Whether one of a row's numbers is NaN.</summary>
    public bool HasNaN(int row) => ValuesIn(row).Any(double.IsNaN);

    /// <summary>Whether soft results of a row are documented as NaN.</summary>
    public bool IsSpoiled(int row) => HasNaN(row) || ValuesIn(row).Count(double.IsPositiveInfinity) > 1 || ValuesIn(row).Count(double.IsNegativeInfinity) > 1;

    /// <summary>One row, with its mask.</summary>
    public HostileBatch Alone(int row) => new([Rows[row]], Present is null ? null : [Present[row]], [Targets[row]], IsSingle);

    /// <summary>What is there of a row, without a mask.</summary>
    public HostileBatch Compact(int row) => new([ValuesIn(row)], null, [[.. PresentIn(row).Select(item => Targets[row][item])]], IsSingle);

    /// <summary>Numbers by row as a tensor.</summary>
    public Tensor Tensor(double[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, Items]).to(IsSingle ? float32 : float64);

    /// <summary>The mask as a tensor, or null.</summary>
    public Tensor? Mask() => Present is null ? null : tensor(Present.SelectMany(row => row).ToArray(), [Present.Length, Items]);

    public override string ToString() => string.Join("\n", Rows.Select((row, k) => $"      [{Text(row)}]"
        + (Present is null ? "" : $" present [{string.Join("", Present[k].Select(is1 => is1 ? '1' : '0'))}]"))) + (IsSingle ? " float32" : "");

    /// <summary>Numbers so that they can be read back.</summary>
    public static string Text(double[] numbers) =>
        string.Join(", ", numbers.Take(12).Select(number => number.ToString("R", CultureInfo.InvariantCulture))) + (numbers.Length > 12 ? $", … {numbers.Length}" : "");
}
