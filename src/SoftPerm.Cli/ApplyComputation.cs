using SoftPerm.Experiments;
using SoftPerm.Experiments.Files;
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
        var scores = Rounded("--scores", arguments.Float32 ? Recentred(inputs.Scores) : inputs.Scores, type).requires_grad_(differentiate);
        var values = inputs.Values is { } array ? Rounded("--values", array, type).requires_grad_(differentiate) : null;
        var temperature = tensor(arguments.Temperature, float64).requires_grad_(differentiate);
        var ordering = RelaxationCatalog.Of(arguments.Operator).Create(temperature, arguments.Descending);
        var results = Results(arguments, ordering, scores, Rounded("--scores", inputs.Scores, type), values);
        if (!differentiate) return results;

        Loss(results, inputs, type).backward();
        results["grad_scores"] = GradientOf(scores);
        if (values is not null && inputs.Upstream is not null) results["grad_values"] = GradientOf(values);
        results["grad_temperature"] = GradientOf(temperature);
        return results;
    }

    /// <param name="arguments">What was asked for.</param>
    /// <param name="ordering">The relaxation.</param>
    /// <param name="scores">What to sort by; an offset may be missing.</param>
    /// <param name="given">The scores as they were given.</param>
    /// <param name="values">What to sort.</param>
    private static OrderedDictionary<string, Tensor> Results(ApplyArguments arguments, ISoftOrdering ordering, Tensor scores, Tensor given, Tensor? values)
    {
        if (ordering is not IRelaxation relaxation)
        {
            using var exact = new ExactSort(arguments.Descending).Relax(given);
            return new OrderedDictionary<string, Tensor> { ["order"] = exact.Order(), ["ranks"] = ordering.Rank(given), ["sorted"] = ordering.Sort(given) };
        }

        using var permutation = relaxation.Relax(scores);
        var results = new OrderedDictionary<string, Tensor>
        {
            ["order"] = permutation.Order(),
            ["ranks"] = permutation.Ranks(),
            ["sorted"] = permutation.Apply(given.unsqueeze(-1)).squeeze(-1),
        };
        if (arguments.Matrix) results["matrix"] = permutation.Matrix();
        if (values is not null) results["applied"] = permutation.Apply(values);
        return results;
    }

    private static Tensor Loss(OrderedDictionary<string, Tensor> results, ApplyInputs inputs, ScalarType type)
    {
        var loss = zeros([], dtype: type);
        if (inputs.Upstream is not null) loss = loss.Plus((results["applied"] * inputs.Upstream.ToTensor(type)).sum());
        if (inputs.UpstreamMatrix is not null) loss = loss.Plus((results["matrix"] * inputs.UpstreamMatrix.ToTensor(type)).sum());
        return loss;
    }

    /// <summary>Subtracts the middle score of each row: a sort does not notice, and float32 keeps the differences of scores far from 0.</summary>
    private static NdArray Recentred(NdArray scores)
    {
        var items = (int)scores.Shape[^1];
        var rows = scores.Data.Chunk(items).Select(row =>
        {
            double[] finite = [.. row.Where(double.IsFinite).Order()];
            return finite.Length == 0 ? row : Array.ConvertAll(row, score => score - finite[finite.Length / 2]);
        });
        return scores with { Data = [.. rows.SelectMany(row => row)] };
    }

    private static Tensor Rounded(string option, NdArray array, ScalarType type)
    {
        if (type == ScalarType.Float32 && array.Data.Any(number => double.IsFinite(number) && Math.Abs(number) > float.MaxValue))
            throw new UserErrorException($"{option} has numbers beyond the range of float32, ±{float.MaxValue:R}; leave out --float32.");
        return array.ToTensor(type);
    }

    private static Tensor GradientOf(Tensor input) => input.grad ?? zeros_like(input);
}
