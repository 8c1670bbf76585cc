using static TorchSharp.torch;

namespace SoftPerm.Cli;

/// <summary>Applies an operator and, where an upstream is given, differentiates it.</summary>
internal static class ApplyComputation
{
    /// <summary>Computes what was asked for.</summary>
    /// <returns>The results in the order in which they are shown; they belong to the caller's dispose scope.</returns>
    public static IReadOnlyDictionary<string, Tensor> Run(ApplyArguments arguments, ApplyInputs inputs)
    {
        var type = arguments.Float32 ? ScalarType.Float32 : ScalarType.Float64;
        var differentiate = inputs.Upstream is not null || inputs.UpstreamMatrix is not null;
        using var grad = enable_grad(differentiate);
        var scores = inputs.Scores.ToTensor(type).requires_grad_(differentiate);
        var values = inputs.Values?.ToTensor(type).requires_grad_(differentiate);
        var temperature = tensor(arguments.Temperature, float64).requires_grad_(differentiate);
        using var permutation = Operators.ByName[arguments.Operator](temperature, arguments.Descending).Relax(scores);

        var results = new OrderedDictionary<string, Tensor> { ["order"] = permutation.Order() };
        if (arguments.Matrix) results["matrix"] = permutation.Matrix();
        if (values is not null) results["applied"] = permutation.Apply(values);
        if (!differentiate) return results;

        Loss(results, inputs, type).backward();
        results["grad_scores"] = GradientOf(scores);
        if (values is not null && inputs.Upstream is not null) results["grad_values"] = GradientOf(values);
        results["grad_temperature"] = GradientOf(temperature);
        return results;
    }

    private static Tensor Loss(OrderedDictionary<string, Tensor> results, ApplyInputs inputs, ScalarType type)
    {
        var loss = zeros([], dtype: type);
        if (inputs.Upstream is not null) loss = loss + (results["applied"] * inputs.Upstream.ToTensor(type)).sum();
        if (inputs.UpstreamMatrix is not null) loss = loss + (results["matrix"] * inputs.UpstreamMatrix.ToTensor(type)).sum();
        return loss;
    }

    private static Tensor GradientOf(Tensor input) => input.grad ?? zeros_like(input);
}
