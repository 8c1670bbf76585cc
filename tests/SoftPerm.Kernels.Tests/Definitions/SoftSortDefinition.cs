namespace SoftPerm.Kernels.Tests.Definitions;

/// <summary><c>P[i,j] = softmax_j(-(|t[i] - s[j]| / τ)^p)</c>, t the scores sorted, largest first. Prillo and Eisenschlos 2020.</summary>
/// <param name="power">p: 1 or 2.</param>
internal sealed class SoftSortDefinition(int power) : Definition
{
    public override (Dual[] Matrix, Dual[] Logarithms) Of(Dual[] keys, Dual temperature)
    {
        var n = keys.Length;
        var order = Order(keys);
        var logits = new Dual[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                var distance = Dual.Abs(keys[order[i]] - keys[j]) / temperature;
                logits[i * n + j] = power == 1 ? -distance : -(distance * distance);
            }

        return Softmax(logits, n);
    }
}
