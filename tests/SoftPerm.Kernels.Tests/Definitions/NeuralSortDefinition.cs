namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary><c>P[i,j] = softmax_j(((n+1-2i)·s[j] - Σ_k |s[j]-s[k]|) / τ)</c>, i and j from 1. Grover et al. 2019, equation 5.</summary>
internal sealed class NeuralSortDefinition : Definition
{
    public override (Dual[] Matrix, Dual[] Logarithms) Of(Dual[] keys, Dual temperature)
    {
        var n = keys.Length;
        if (n == 0) return ([], []);
        // P(s + c) = P(s): from the middle, a common offset leaves digits to the differences.
        var middle = keys[Order(keys)[n / 2]].Value;
        Dual[] s = [.. keys.Select(key => key - middle)], distances = new Dual[n], logits = new Dual[n * n];
        for (var j = 0; j < n; j++)
            for (var k = 0; k < n; k++) distances[j] += Dual.Abs(s[j] - s[k]);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) logits[i * n + j] = ((n - 1 - 2 * i) * s[j] - distances[j]) / temperature;
        return Softmax(logits, n);
    }
}
