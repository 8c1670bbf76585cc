namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Takes what a transposed transform finds for columns: sums over rows i of one series of weights w.</summary>
/// <typeparam name="TVector">A vector of doubles.</typeparam>
internal interface IColumnSink<TVector>
    where TVector : struct
{
    /// <summary>Adds to a vector of columns.</summary>
    /// <param name="series">Which series.</param>
    /// <param name="column">The first column m.</param>
    /// <param name="sum">Σ_i w[i] exp(-D_i(m)).</param>
    /// <param name="moment">Σ_i (m - i) w[i] exp(-D_i(m)).</param>
    void Add(int series, int column, TVector sum, TVector moment);

    /// <summary>Adds to one column.</summary>
    void AddOne(int series, int column, double sum, double moment);
}
