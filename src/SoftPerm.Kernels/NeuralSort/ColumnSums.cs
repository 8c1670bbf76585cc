using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Collects column sums, or what the gradients need of them.</summary>
/// <remarks>
/// Plain: result q is <c>Σ_i w_q[i] exp(-D_i(m))</c>. For a gradient, series q belongs to the values x_q, and a last series without
/// values counts as x = -1; then with R = Σ_q x_q w_q exp(-D) two more results come first, A = Σ_i R and W = Σ_i 2(m-i) R.
/// </remarks>
/// <param name="results">A and W if a gradient is wanted, then the plain sums that are.</param>
/// <param name="gradient">Whether A and W are wanted.</param>
/// <param name="values">x by column.</param>
/// <param name="end">Columns from here on are left alone.</param>
internal readonly struct ColumnSums<TSimd, TVector>(Panel results, bool gradient, Panel values, int end) : IColumnSink<TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly int skipped = gradient ? 2 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int series, int column, TVector sum, TVector moment)
    {
        var lanes = end - column;
        if (series + skipped < results.Columns) Accumulate(ref results.Column(series + skipped), column, sum, lanes);
        if (!gradient) return;
        var x = series < values.Columns ? TSimd.Load(in values.Column(series), column) : TSimd.Broadcast(-1);
        Accumulate(ref results.Column(0), column, TSimd.Multiply(x, sum), lanes);
        Accumulate(ref results.Column(1), column, TSimd.Multiply(TSimd.Add(x, x), moment), lanes);
    }

    public void AddOne(int series, int column, double sum, double moment)
    {
        if (series + skipped < results.Columns) Unsafe.Add(ref results.Column(series + skipped), column) += sum;
        if (!gradient) return;
        var x = series < values.Columns ? Unsafe.Add(ref values.Column(series), column) : -1;
        Unsafe.Add(ref results.Column(0), column) += x * sum;
        Unsafe.Add(ref results.Column(1), column) += 2 * x * moment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ref double results, int column, TVector addend, int lanes) =>
        Partial<TSimd, TVector>.Store(TSimd.Add(TSimd.Load(in results, column), addend), ref results, column, lanes);
}
