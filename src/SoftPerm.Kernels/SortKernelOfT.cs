using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels;

/// <summary>A relaxed permutation P of each sequence of a batch of scores on plain memory, without tensors: values and gradients.</summary>
/// <remarks>
/// <para><b>Definition.</b> By the factory, see <see cref="SortKernel"/>. Scores are sorted once, there.</para>
/// <para><b>Shapes.</b> Matrices are row by row: X is [sequences, n, columns]. Rows of P are places, that of the largest score first; its columns
/// are items. Outputs must not share memory with inputs or with each other, and must have just the length named; gradients may be empty, which
/// means not wanted.</para>
/// <para><b>Numerics.</b> Infinite scores take the first or the last place exactly; several on one side, or a NaN, make NaN of what they reach,
/// in their own sequence alone.</para>
/// <para><b>Cost.</b> O(n log n) time and O(n) memory a sequence and column, for networks what their factory says; <see cref="Matrix(Span{T})"/> and
/// <see cref="LogMatrix"/> alone are O(n²). Gradients compute forward results again.</para>
/// <para>Instances may be used from several threads at once, and not after <see cref="Dispose"/>. All sequences have one temperature and all their
/// items; masks, temperatures by sequence and quantiles are the tensor layer's.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class SortKernel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly KernelBatch batch;
    private readonly SortedItems sorted;
    private readonly SortOperators<T> operators;
    private readonly double unitSlope; // of the unit that kernels measure scores in, by the temperature
    private int disposed;

    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="options">How to compute.</param>
    /// <param name="create">Makes the operators of sorted scores, and of the scores themselves.</param>
    /// <param name="isSquared">Whether the temperature is in squares of what the operators measure in.</param>
    internal SortKernel(
        ReadOnlySpan<T> scores, int items, double temperature, KernelOptions options, Func<SortedItems, ItemMatrix<T>, SortOperators<T>> create,
        bool isSquared = false)
    {
        batch = KernelBatch.Of(scores, items, temperature);
        var unit = isSquared ? Math.Sqrt(temperature) : temperature;
        unitSlope = isSquared ? 0.5 / unit : 1;
        fixed (T* s = scores)
        {
            var given = batch.Matrix(s, scores, 1);
            sorted = SortedItems.Of(given.Data, default, batch.Temperatures(unit), items, options.Descending, options.Threads);
            operators = create(sorted, given);
        }
    }

    /// <summary>The number of sequences.</summary>
    public int Sequences => batch.Sequences;

    /// <summary>n.</summary>
    public int Items => batch.Items;

    /// <summary>The items of one sequence in sorted order, equal scores in the order given: the permutation that P relaxes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<int> Order(int sequence)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, Sequences);
        return sorted.Order(sequence);
    }

    /// <summary>P X: each column of values softly sorted as the scores are.</summary>
    /// <param name="values">X, by item.</param>
    /// <param name="columns">The columns of X; at least 1.</param>
    /// <param name="result">Receives P X, by place; as long as the values.</param>
    /// <exception cref="ArgumentException">A length does not fit, or memory is shared.</exception>
    public void Apply(ReadOnlySpan<T> values, int columns, Span<T> result)
    {
        Check(values, columns, result);
        fixed (T* x = values, y = result) operators.Apply(batch.Matrix(x, values, columns), batch.Matrix(y, result, columns), leavesTape: false);
    }

    /// <summary>The gradients of a loss in P X.</summary>
    /// <param name="values">X.</param>
    /// <param name="columns">The columns of X.</param>
    /// <param name="upstream">The loss's gradient in P X.</param>
    /// <param name="valueGradient">Receives the gradient in X; empty if it is not wanted.</param>
    /// <param name="scoreGradient">Receives the gradient in the scores, [sequences, n]; empty if it is not wanted.</param>
    /// <param name="temperatureGradient">Receives the gradient in each sequence's τ; empty if it is not wanted.</param>
    /// <exception cref="ArgumentException">A length does not fit, or memory is shared.</exception>
    public void ApplyGradient(
        ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> upstream, Span<T> valueGradient, Span<T> scoreGradient, Span<double> temperatureGradient) =>
        Gradient(operators.ApplyGradient, values, columns, upstream, valueGradient, scoreGradient, temperatureGradient);

    /// <summary>Pᵀ X: values by place spread over the items that may be there.</summary>
    /// <param name="values">X, by place.</param>
    /// <param name="columns">The columns of X; at least 1.</param>
    /// <param name="result">Receives Pᵀ X, by item; as long as the values.</param>
    /// <exception cref="ArgumentException">A length does not fit, or memory is shared.</exception>
    public void ApplyTranspose(ReadOnlySpan<T> values, int columns, Span<T> result)
    {
        Check(values, columns, result);
        fixed (T* x = values, y = result) operators.ApplyTranspose(batch.Matrix(x, values, columns), batch.Matrix(y, result, columns), leavesTape: false);
    }

    /// <summary>The gradients of a loss in Pᵀ X; see <see cref="ApplyGradient"/>.</summary>
    public void ApplyTransposeGradient(
        ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> upstream, Span<T> valueGradient, Span<T> scoreGradient, Span<double> temperatureGradient) =>
        Gradient(operators.ApplyTransposeGradient, values, columns, upstream, valueGradient, scoreGradient, temperatureGradient);

    /// <summary>The sum of neighbouring rows of P: with the first k, how much of each item is among the k largest; with one, which item is at a place.</summary>
    /// <param name="firstPlace">The first row, in [0, n - 1].</param>
    /// <param name="count">How many, in [1, n - the first].</param>
    /// <param name="result">Receives the sum, by item, [sequences, n].</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    public void SumRows(int firstPlace, int count, Span<T> result)
    {
        ThrowIfDisposed();
        batch.Check(result.Length, 1, nameof(result));
        fixed (int* firsts = Firsts(firstPlace, count))
        fixed (T* y = result) operators.SumRows(new Buffer<int>(firsts, Sequences), 1, count, batch.Matrix(y, result, 1), leavesTape: false);
    }

    /// <summary>The gradients of a loss in such a sum; see <see cref="ApplyGradient"/>.</summary>
    public void SumRowsGradient(int firstPlace, int count, ReadOnlySpan<T> upstream, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        ThrowIfDisposed();
        batch.Check(upstream.Length, 1, nameof(upstream));
        KernelBatch.CheckApart<T, T>(scoreGradient, upstream, nameof(scoreGradient));
        CheckTemperatureGradient(temperatureGradient, upstream, scoreGradient);
        batch.Clear(scoreGradient, temperatureGradient);
        fixed (int* firsts = Firsts(firstPlace, count))
        fixed (T* g = upstream, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            operators.SumRowsGradient(
                null, new Buffer<int>(firsts, Sequences), 1, count, batch.Matrix(g, upstream, 1), batch.Matrix(ds, scoreGradient, 1),
                new Buffer<double>(dt, temperatureGradient.Length));
        }

        ToTemperature(temperatureGradient);
    }

    /// <summary>The cross-entropy of wanted orders, <c>-mean_i log P[i, z_i]</c>.</summary>
    /// <param name="orders">z: the item wanted at each place, [sequences, samples, n], one order or more for each sequence.</param>
    /// <param name="result">Receives it, [sequences, samples].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public void CrossEntropy(ReadOnlySpan<long> orders, Span<T> result)
    {
        var samples = CheckOrders(orders, result.Length, nameof(result));
        fixed (long* z = orders)
        fixed (T* y = result) operators.CrossEntropy(new Buffer<long>(z, orders.Length), samples, new Buffer<T>(y, result.Length), leavesTape: false);
    }

    /// <summary>The gradients of a loss in the cross-entropies; see <see cref="ApplyGradient"/>.</summary>
    public void CrossEntropyGradient(ReadOnlySpan<long> orders, ReadOnlySpan<T> upstream, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        var samples = CheckOrders(orders, upstream.Length, nameof(upstream));
        KernelBatch.CheckApart<T, T>(scoreGradient, upstream, nameof(scoreGradient));
        KernelBatch.CheckApart<T, long>(scoreGradient, orders, nameof(scoreGradient));
        KernelBatch.CheckApart<double, long>(temperatureGradient, orders, nameof(temperatureGradient));
        CheckTemperatureGradient(temperatureGradient, upstream, scoreGradient);
        batch.Clear(scoreGradient, temperatureGradient);
        fixed (long* z = orders)
        fixed (T* g = upstream, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            operators.CrossEntropyGradient(
                null, new Buffer<long>(z, orders.Length), samples, new Buffer<T>(g, upstream.Length), batch.Matrix(ds, scoreGradient, 1),
                new Buffer<double>(dt, temperatureGradient.Length));
        }

        ToTemperature(temperatureGradient);
    }

    /// <summary>P as a matrix, [sequences, n, n], places by items.</summary>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public void Matrix(Span<T> result) => Matrix(result, logarithm: false);

    /// <summary>log P as a matrix, accurate where P itself is zero; networks know no less than the smallest normal number.</summary>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public void LogMatrix(Span<T> result) => Matrix(result, logarithm: true);

    /// <summary>Gives scratch memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return; // an array given back twice would be lent twice
        operators.Dispose();
        sorted.Dispose();
    }

    private delegate void GradientAction(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    private static void CheckTemperatureGradient(ReadOnlySpan<double> temperatureGradient, ReadOnlySpan<T> upstream, ReadOnlySpan<T> scoreGradient)
    {
        KernelBatch.CheckApart(temperatureGradient, upstream, nameof(temperatureGradient));
        KernelBatch.CheckApart(temperatureGradient, scoreGradient, nameof(temperatureGradient));
    }

    private void Gradient(
        GradientAction action, ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> upstream,
        Span<T> valueGradient, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        ThrowIfDisposed();
        batch.Check(values.Length, columns, nameof(values));
        batch.Check(upstream.Length, columns, nameof(upstream));
        if (!valueGradient.IsEmpty) batch.Check(valueGradient.Length, columns, nameof(valueGradient));
        KernelBatch.CheckApart<T, T>(valueGradient, values, nameof(valueGradient));
        KernelBatch.CheckApart<T, T>(valueGradient, upstream, nameof(valueGradient));
        KernelBatch.CheckApart<T, T>(scoreGradient, values, nameof(scoreGradient));
        KernelBatch.CheckApart<T, T>(scoreGradient, upstream, nameof(scoreGradient));
        KernelBatch.CheckApart<T, T>(scoreGradient, valueGradient, nameof(scoreGradient));
        KernelBatch.CheckApart<double, T>(temperatureGradient, values, nameof(temperatureGradient));
        KernelBatch.CheckApart<double, T>(temperatureGradient, valueGradient, nameof(temperatureGradient));
        CheckTemperatureGradient(temperatureGradient, upstream, scoreGradient);
        batch.Clear(scoreGradient, temperatureGradient);
        fixed (T* x = values, g = upstream, dx = valueGradient, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            action(
                null, batch.Matrix(x, values, columns), batch.Matrix(g, upstream, columns), batch.Matrix(dx, valueGradient, columns),
                batch.Matrix(ds, scoreGradient, 1), new Buffer<double>(dt, temperatureGradient.Length));
        }

        ToTemperature(temperatureGradient);
    }

    private void Matrix(Span<T> result, bool logarithm)
    {
        ThrowIfDisposed();
        batch.Check(result.Length, Items, nameof(result));
        fixed (T* y = result) operators.Matrix(batch.Matrix(y, result, Items), logarithm);
    }

    private void ToTemperature(Span<double> unitGradient)
    {
        foreach (ref var gradient in unitGradient) gradient *= unitSlope;
    }

    private int[] Firsts(int firstPlace, int count)
    {
        if (firstPlace < 0 || firstPlace >= Items)
            throw new ArgumentOutOfRangeException(nameof(firstPlace), firstPlace, $"The first row must be in [0, {Items - 1}].");
        if (count < 1 || count > Items - firstPlace)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"The number of rows must be in [1, {Items - firstPlace}].");
        var firsts = new int[Sequences];
        Array.Fill(firsts, firstPlace);
        return firsts;
    }

    private void Check(ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> result)
    {
        ThrowIfDisposed();
        batch.Check(values.Length, columns, nameof(values));
        batch.Check(result.Length, columns, nameof(result));
        KernelBatch.CheckApart<T, T>(result, values, nameof(result));
    }

    /// <returns>The orders of a sequence.</returns>
    private int CheckOrders(ReadOnlySpan<long> orders, int length, string name)
    {
        ThrowIfDisposed();
        var samples = Sequences == 0 ? 1 : (int)(orders.Length / ((long)Sequences * Items));
        if (samples < 1 || orders.Length != (long)Sequences * Items * samples)
        {
            throw new ArgumentException(
                $"The length is {orders.Length}; it must be a multiple of {(long)Sequences * Items} = {Sequences} sequences × {Items} items.", nameof(orders));
        }

        if (length != Sequences * samples)
            throw new ArgumentException($"The length is {length}; it must be {Sequences * samples}, one for each order.", name);
        foreach (var item in orders)
        {
            if (item < 0 || item >= Items)
                throw new ArgumentOutOfRangeException(nameof(orders), item, $"Items must be in [0, {Items - 1}].");
        }

        return samples;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(disposed != 0, this);
}
