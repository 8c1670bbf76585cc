namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary>A relaxed permutation as it is defined, dense and in double precision: what the kernels are held to.</summary>
/// <remarks>Readable and slow on purpose: O(n²) or worse, no window, no recurrence, no vectors.</remarks>
internal abstract class Definition
{
    /// <summary>P and log P of finite keys, the largest first in the sorted order, which is stable.</summary>
    /// <param name="keys">By item.</param>
    /// <param name="temperature">τ.</param>
    /// <returns>Places × items each, row by row.</returns>
    public abstract (Dual[] Matrix, Dual[] Logarithms) Of(Dual[] keys, Dual temperature);

    /// <summary>What an entry counts as at least in its logarithm.</summary>
    /// <param name="isFloat">Whether results are floats.</param>
    public virtual double Floor(bool isFloat) => 0;

    /// <summary>P s as the relaxation itself makes it; nothing if it does not.</summary>
    public virtual Dual[]? Sorted(Dual[] keys, Dual temperature) => null;

    /// <summary>The items by place.</summary>
    public static int[] Order(Dual[] keys) => [.. Enumerable.Range(0, keys.Length).OrderByDescending(item => keys[item].Value)]; // LINQ's sort is stable

    /// <summary>The softmax of each row of logits, and its logarithm.</summary>
    protected static (Dual[] Matrix, Dual[] Logarithms) Softmax(Dual[] logits, int n)
    {
        Dual[] matrix = new Dual[n * n], logarithms = new Dual[n * n];
        for (var i = 0; i < n; i++)
        {
            var largest = double.NegativeInfinity;
            for (var j = 0; j < n; j++) largest = Math.Max(largest, logits[i * n + j].Value);
            Dual total = 0;
            for (var j = 0; j < n; j++) total += matrix[i * n + j] = Dual.Exp(logits[i * n + j] - largest);
            var logTotal = Dual.Log(total);
            for (var j = 0; j < n; j++)
            {
                matrix[i * n + j] /= total;
                logarithms[i * n + j] = logits[i * n + j] - largest - logTotal;
            }
        }

        return (matrix, logarithms);
    }
}
