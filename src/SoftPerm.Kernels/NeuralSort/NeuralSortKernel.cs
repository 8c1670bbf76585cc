using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>NeuralSort (Grover et al., 2019) of a batch of sequences on plain memory, without tensors: values and gradients.</summary>
/// <remarks>
/// <para>With scores s and temperature τ, row i of P is <c>softmax(((n - 1 - 2i) s - A) / τ)</c>, A[j] = Σ_k |s[j] - s[k]|. The
/// scores are sorted once, here; every method then takes O(n log n) time and O(n) memory a sequence where the gaps between
/// neighbouring scores change slowly, but for the dense matrices.</para>
/// <para>Matrices are row by row: X is [sequences, n, columns]. Results by place have the largest score's place first. Infinite
/// scores take the first or the last place exactly; a NaN makes all of its sequence NaN. Instances may be used from several
/// threads at once, and not after <see cref="Dispose"/>. Outputs must not share memory with inputs or with each other.</para>
/// <para>All sequences have one temperature and all their items; masks, temperatures by sequence and quantiles are the tensor layer's.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class NeuralSortKernel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SortedItems sorted;
    private readonly KernelSettings settings;
    private readonly NeuralSortOperators<T> operators;

    /// <summary>Sorts a batch.</summary>
    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n; at least 1, and it divides the number of scores.</param>
    /// <param name="temperature">τ; positive and finite.</param>
    /// <param name="options">How to compute; null for the defaults.</param>
    /// <exception cref="ArgumentException">An argument is outside its domain.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public NeuralSortKernel(ReadOnlySpan<T> scores, int items, double temperature, NeuralSortKernelOptions? options = null)
    {
        options ??= new NeuralSortKernelOptions();
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"Scores of type {typeof(T)} are not supported; they must be float or double.");
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        if (scores.Length % items != 0)
            throw new ArgumentException($"There are {scores.Length} scores; the number must be a multiple of n = {items}.", nameof(scores));
        if (!(temperature > 0) || !double.IsFinite(temperature))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be positive and finite.");
        settings = new KernelSettings(options.Tolerance ?? (typeof(T) == typeof(float) ? 1e-8 : 1e-13), options.Width, options.Threads, options.Method);
        var temperatures = new double[scores.Length / items];
        Array.Fill(temperatures, temperature);
        fixed (T* s = scores) sorted = SortedItems.Of(new Buffer<T>(s, scores.Length), default, temperatures, items, options.Descending, settings.Threads);
        operators = new NeuralSortOperators<T>(sorted, settings);
    }

    /// <summary>The number of sequences.</summary>
    public int Sequences => sorted.Sequences;

    /// <summary>n.</summary>
    public int Items => sorted.Items;

    /// <summary>The items of one sequence in sorted order, equal scores in the order given: the permutation that P relaxes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public ReadOnlySpan<int> Order(int sequence)
    {
        ObjectDisposedException.ThrowIf(sorted.IsDisposed, this);
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
        Check(values.Length, columns, nameof(values));
        Check(result.Length, columns, nameof(result));
        CheckApart(result, values, nameof(result));
        fixed (T* x = values, y = result) operators.Apply(Matrix(x, values, columns), Matrix(y, result, columns), leavesTape: false);
    }

    /// <summary>The gradients of a loss in P X, computing P X again.</summary>
    /// <param name="values">X.</param>
    /// <param name="columns">The columns of X.</param>
    /// <param name="upstream">The loss's gradient in P X.</param>
    /// <param name="valueGradient">Receives the gradient in X; empty if it is not wanted.</param>
    /// <param name="scoreGradient">Receives the gradient in the scores; empty if it is not wanted.</param>
    /// <param name="temperatureGradient">Receives the gradient in each sequence's τ; empty if it is not wanted.</param>
    public void ApplyGradient(
        ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> upstream, Span<T> valueGradient, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        CheckGradients(values, columns, upstream, valueGradient, scoreGradient);
        ClearGradients(scoreGradient, temperatureGradient);
        fixed (T* x = values, g = upstream, dx = valueGradient, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            operators.ApplyGradient(
                null, Matrix(x, values, columns), Matrix(g, upstream, columns), Matrix(dx, valueGradient, columns), Matrix(ds, scoreGradient, 1),
                new Buffer<double>(dt, temperatureGradient.Length));
        }
    }

    /// <summary>Pᵀ X: values by place spread over the items that may be there.</summary>
    /// <param name="values">X, by place.</param>
    /// <param name="columns">The columns of X; at least 1.</param>
    /// <param name="result">Receives Pᵀ X, by item; as long as the values.</param>
    public void ApplyTranspose(ReadOnlySpan<T> values, int columns, Span<T> result)
    {
        Check(values.Length, columns, nameof(values));
        Check(result.Length, columns, nameof(result));
        CheckApart(result, values, nameof(result));
        fixed (T* x = values, y = result) operators.ApplyTranspose(Matrix(x, values, columns), Matrix(y, result, columns), leavesTape: false);
    }

    /// <summary>The gradients of a loss in Pᵀ X; see <see cref="ApplyGradient"/>.</summary>
    public void ApplyTransposeGradient(
        ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> upstream, Span<T> valueGradient, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        CheckGradients(values, columns, upstream, valueGradient, scoreGradient);
        ClearGradients(scoreGradient, temperatureGradient);
        fixed (T* x = values, g = upstream, dx = valueGradient, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            operators.ApplyTransposeGradient(
                null, Matrix(x, values, columns), Matrix(g, upstream, columns), Matrix(dx, valueGradient, columns), Matrix(ds, scoreGradient, 1),
                new Buffer<double>(dt, temperatureGradient.Length));
        }
    }

    /// <summary>The sum of neighbouring rows of P: with the first k, how much of each item is among the k largest; with one, which item is at a place.</summary>
    /// <param name="firstPlace">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="result">Receives the sum, by item, [sequences, n].</param>
    public void SumRows(int firstPlace, int count, Span<T> result)
    {
        Check(result.Length, 1, nameof(result));
        fixed (int* firsts = Firsts(firstPlace, count))
        fixed (T* y = result) operators.SumRows(new Buffer<int>(firsts, Sequences), 1, count, Matrix(y, result, 1), leavesTape: false);
    }

    /// <summary>The gradients of a loss in such a sum; see <see cref="ApplyGradient"/>.</summary>
    public void SumRowsGradient(int firstPlace, int count, ReadOnlySpan<T> upstream, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        Check(upstream.Length, 1, nameof(upstream));
        CheckApart(scoreGradient, upstream, nameof(scoreGradient));
        ClearGradients(scoreGradient, temperatureGradient);
        fixed (int* firsts = Firsts(firstPlace, count))
        fixed (T* g = upstream, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            operators.SumRowsGradient(
                null, new Buffer<int>(firsts, Sequences), 1, count, Matrix(g, upstream, 1), Matrix(ds, scoreGradient, 1),
                new Buffer<double>(dt, temperatureGradient.Length));
        }
    }

    /// <summary>The cross-entropy of a wanted order, <c>-mean_i log P[i, z_i]</c>, of each sequence.</summary>
    /// <param name="order">z: the item wanted at each place, [sequences, n].</param>
    /// <param name="result">Receives it, [sequences].</param>
    public void CrossEntropy(ReadOnlySpan<long> order, Span<T> result)
    {
        CheckOrder(order);
        CheckSequences(result.Length, nameof(result));
        fixed (long* z = order)
        fixed (T* y = result) operators.CrossEntropy(new Buffer<long>(z, order.Length), 1, new Buffer<T>(y, result.Length), leavesTape: false);
    }

    /// <summary>The gradients of a loss in the cross-entropies; see <see cref="ApplyGradient"/>.</summary>
    public void CrossEntropyGradient(ReadOnlySpan<long> order, ReadOnlySpan<T> upstream, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        CheckOrder(order);
        CheckSequences(upstream.Length, nameof(upstream));
        CheckApart(scoreGradient, upstream, nameof(scoreGradient));
        ClearGradients(scoreGradient, temperatureGradient);
        fixed (long* z = order)
        fixed (T* g = upstream, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
        {
            operators.CrossEntropyGradient(
                null, new Buffer<long>(z, order.Length), 1, new Buffer<T>(g, upstream.Length), Matrix(ds, scoreGradient, 1),
                new Buffer<double>(dt, temperatureGradient.Length));
        }
    }

    /// <summary>ln Z of each row, by place, where <c>P[i, m] = exp(-D_i(m)) / Z_i</c> and D is 0 at the place's own item; so -ln Z is the
    /// logarithm of what that item has of its place.</summary>
    /// <param name="result">Receives it, [sequences, n].</param>
    public void LogTotals(Span<T> result)
    {
        Check(result.Length, 1, nameof(result));
        using var rows = new PlannedRows(sorted, settings, [0], Items);
        fixed (T* y = result) new LogTotalOperator<T>(rows).Forward(Matrix(y, result, 1));
    }

    /// <summary>P as a matrix, [sequences, n, n], places by items, in O(n²).</summary>
    public void Matrix(Span<T> result) => Dense(result, logarithm: false);

    /// <summary>log P as a matrix, accurate where P itself is zero.</summary>
    public void LogMatrix(Span<T> result) => Dense(result, logarithm: true);

    /// <summary>Gives scratch memory back.</summary>
    public void Dispose() => sorted.Dispose();

    private ItemMatrix<T> Matrix(T* data, ReadOnlySpan<T> span, int columns) => new(new Buffer<T>(data, span.Length), Items, columns);

    private void Dense(Span<T> result, bool logarithm)
    {
        Check(result.Length, Items, nameof(result));
        fixed (T* y = result) operators.Matrix(Matrix(y, result, Items), logarithm);
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

    private void CheckGradients(
        ReadOnlySpan<T> values, int columns, ReadOnlySpan<T> upstream, ReadOnlySpan<T> valueGradient, ReadOnlySpan<T> scoreGradient)
    {
        Check(values.Length, columns, nameof(values));
        Check(upstream.Length, columns, nameof(upstream));
        if (!valueGradient.IsEmpty) Check(valueGradient.Length, columns, nameof(valueGradient));
        CheckApart(valueGradient, values, nameof(valueGradient));
        CheckApart(valueGradient, upstream, nameof(valueGradient));
        CheckApart(scoreGradient, values, nameof(scoreGradient));
        CheckApart(scoreGradient, upstream, nameof(scoreGradient));
        CheckApart(scoreGradient, valueGradient, nameof(scoreGradient));
    }

    private static void CheckApart(ReadOnlySpan<T> output, ReadOnlySpan<T> other, string name)
    {
        if (output.Overlaps(other)) throw new ArgumentException("Outputs must not share memory with inputs or with each other.", name);
    }

    private void Check(int length, int columns, string name)
    {
        ObjectDisposedException.ThrowIf(sorted.IsDisposed, this);
        if (columns < 1) throw new ArgumentOutOfRangeException(nameof(columns), columns, "There must be at least 1 column.");
        var wanted = (long)Sequences * Items * columns;
        if (length != wanted)
            throw new ArgumentException($"The length is {length}; it must be {wanted} = {Sequences} sequences × {Items} items × {columns} columns.", name);
    }

    private void CheckSequences(int length, string name)
    {
        if (length != Sequences) throw new ArgumentException($"The length is {length}; it must be {Sequences}, one for each sequence.", name);
    }

    private void CheckOrder(ReadOnlySpan<long> order)
    {
        Check(order.Length, 1, nameof(order));
        foreach (var item in order)
        {
            if (item < 0 || item >= Items)
                throw new ArgumentOutOfRangeException(nameof(order), item, $"Items must be in [0, {Items - 1}].");
        }
    }

    private void ClearGradients(Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        if (!scoreGradient.IsEmpty) Check(scoreGradient.Length, 1, nameof(scoreGradient));
        if (!temperatureGradient.IsEmpty) CheckSequences(temperatureGradient.Length, nameof(temperatureGradient));
        scoreGradient.Clear();
        temperatureGradient.Clear();
    }
}
