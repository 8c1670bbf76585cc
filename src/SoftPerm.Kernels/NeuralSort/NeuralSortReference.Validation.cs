namespace SoftPerm.Kernels.NeuralSort;

internal static partial class NeuralSortReference
{
    private static void RequireTemperature(double temperature)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be positive and finite.");
    }

    private static void RequireColumns(int columns)
    {
        if (columns < 0) throw new ArgumentOutOfRangeException(nameof(columns), columns, "The number of columns must be at least 0.");
    }

    private static void RequireLength(int length, long expected, string name)
    {
        if (length != expected) throw new ArgumentException($"The length is {length}; it must be {expected} to match the scores.", name);
    }

    private static void RequireApart(ReadOnlySpan<double> input, Span<double> output, string name)
    {
        if (input.Overlaps(output)) throw new ArgumentException("The result overlaps an input that is still to be read.", name);
    }
}
