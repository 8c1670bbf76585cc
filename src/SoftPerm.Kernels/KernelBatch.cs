using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels;

/// <summary>The shape of a batch of sequences, with the checks of arguments that all public kernels share.</summary>
internal readonly unsafe record struct KernelBatch(int Sequences, int Items)
{
    /// <summary>Checks the arguments that make a kernel.</summary>
    /// <exception cref="ArgumentException">The scores are not whole sequences.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n or the temperature is outside its domain.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static KernelBatch Of<T>(ReadOnlySpan<T> scores, int items, double temperature)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"Scores of type {typeof(T)} are not supported; they must be float or double.");
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        if (scores.Length % items != 0)
            throw new ArgumentException($"There are {scores.Length} scores; the number must be a multiple of n = {items}.", nameof(scores));
        if (!(temperature > 0) || !double.IsFinite(temperature))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be positive and finite.");
        return new KernelBatch(scores.Length / items, items);
    }

    /// <summary>τ of each sequence.</summary>
    public double[] Temperatures(double temperature)
    {
        var temperatures = new double[Sequences];
        Array.Fill(temperatures, temperature);
        return temperatures;
    }

    /// <summary>Memory [sequences, n, columns] for kernels; nothing if it is empty.</summary>
    public ItemMatrix<T> Matrix<T>(T* data, ReadOnlySpan<T> span, int columns)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => new(new Buffer<T>(data, span.Length), Items, columns);

    /// <summary>Checks the length of [sequences, n, columns].</summary>
    public void Check(int length, int columns, string name)
    {
        if (columns < 1) throw new ArgumentOutOfRangeException(nameof(columns), columns, "There must be at least 1 column.");
        var wanted = (long)Sequences * Items * columns;
        if (length != wanted)
            throw new ArgumentException($"The length is {length}; it must be {wanted} = {Sequences} sequences × {Items} items × {columns} columns.", name);
    }

    /// <summary>Checks the length of one number a sequence.</summary>
    public void CheckSequences(int length, string name)
    {
        if (length != Sequences) throw new ArgumentException($"The length is {length}; it must be {Sequences}, one for each sequence.", name);
    }

    /// <summary>Checks gradients that are added to, if they are wanted, and makes them zero.</summary>
    public void Clear<T>(Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        if (!scoreGradient.IsEmpty) Check(scoreGradient.Length, 1, nameof(scoreGradient));
        if (!temperatureGradient.IsEmpty) CheckSequences(temperatureGradient.Length, nameof(temperatureGradient));
        scoreGradient.Clear();
        temperatureGradient.Clear();
    }

    /// <summary>Checks that an output shares no memory.</summary>
    public static void CheckApart<TOutput, TOther>(ReadOnlySpan<TOutput> output, ReadOnlySpan<TOther> other, string name)
        where TOutput : unmanaged
        where TOther : unmanaged
    {
        if (MemoryMarshal.AsBytes(output).Overlaps(MemoryMarshal.AsBytes(other))) throw new ArgumentException("Outputs must not share memory with inputs or with each other.", name);
    }
}
