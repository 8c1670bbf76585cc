using SoftPerm.Training;
using SoftPerm.Training.IO;
using static TorchSharp.torch;

namespace SoftPerm.Cli;

/// <summary>Applies an operator and, where an upstream is given, differentiates it.</summary>
internal static class ApplyComputation
{
    /// <summary>Computes what was asked for.</summary>
    /// <returns>The results in the order in which they are shown, which belong to the caller's dispose scope, and a remark on them, if any.</returns>
    public static (IReadOnlyDictionary<string, Tensor> Results, string? Note) Run(ApplyArguments arguments, ApplyInputs inputs)
    {
        var differentiate = inputs.Upstreams.Count > 0;
        using var grad = enable_grad(differentiate);
        var scores = new ApplyScores(inputs.Scores, inputs.Mask, arguments.Float32);
        scores.Computed.requires_grad_(differentiate);
        var values = inputs.Values is { } array ? InType("--values", array, scores.Type, arguments).requires_grad_(differentiate) : null;
        var temperature = tensor(arguments.Temperature, float64).requires_grad_(differentiate);
        var ordering = arguments.Known.Create(temperature, arguments.Descending);
        var results = Results(arguments, ordering, scores, values);
        if (differentiate)
        {
            var loss = zeros([], dtype: scores.Type);
            foreach (var (result, upstream) in inputs.Upstreams)
                loss = loss.Plus((results[result.Name] * InType(result.Upstream, upstream, scores.Type, arguments)).sum());
            loss.backward();
            results["grad_scores"] = GradientOf(scores.Computed);
            if (values is not null && inputs.Upstreams.ContainsKey(ApplyResult.Applied)) results["grad_values"] = GradientOf(values);
            results["grad_temperature"] = GradientOf(temperature);
        }

        var shown = results.Select(r => KeyValuePair.Create(r.Key, arguments.Float32 && r.Value.is_floating_point() && r.Key != "grad_temperature" ? r.Value.to(float32) : r.Value));
        return (new OrderedDictionary<string, Tensor>(shown), scores.Note);
    }

    /// <summary>Refuses finite numbers that a type does not reach.</summary>
    public static void CheckRange(string option, NdArray array, ScalarType type)
    {
        if (type == ScalarType.Float32 && array.Data.Any(number => double.IsFinite(number) && Math.Abs(number) > float.MaxValue))
            throw new UserErrorException($"{option} has numbers beyond the range of float32, ±{float.MaxValue:R}; leave out --float32.");
    }

    private static OrderedDictionary<string, Tensor> Results(ApplyArguments arguments, SoftOrdering ordering, ApplyScores scores, Tensor? values)
    {
        var (computed, mask) = (scores.Computed, scores.Mask);
        using var permutation = (ordering as Relaxation)?.Relax(computed, mask); // sorts once for all but the quantile
        var results = new OrderedDictionary<string, Tensor>
        {
            ["order"] = permutation?.Order() ?? Order(scores, arguments.Descending),
            [ApplyResult.Ranks.Name] = permutation?.Ranks() ?? ordering.Rank(computed, mask),
            [ApplyResult.Sorted.Name] = scores.Restored(permutation?.SortScores(computed) ?? ordering.Sort(computed, mask)),
        };
        if (permutation is not null && arguments.Matrix) results[ApplyResult.Matrix.Name] = permutation.Matrix();
        if (permutation is not null && values is not null) results[ApplyResult.Applied.Name] = permutation.Apply(values);
        if (arguments.TopK is { } k) results[ApplyResult.TopK.Name] = permutation?.TopK(k) ?? ordering.TopK(computed, k, mask);
        if (arguments.Quantile is { } quantile) results[ApplyResult.Quantile.Name] = scores.RestoredQuantile(ordering.Quantile(computed, quantile, mask));
        return results;
    }

    private static Tensor Order(ApplyScores scores, bool descending)
    {
        using var exact = new ExactSort(descending).Relax(scores.Given, scores.Mask);
        return exact.Order();
    }

    private static Tensor InType(string option, NdArray array, ScalarType type, ApplyArguments arguments)
    {
        if (arguments.Float32) CheckRange(option, array, ScalarType.Float32);
        return array.ToTensor(type);
    }

    private static Tensor GradientOf(Tensor input) => input.grad ?? zeros_like(input);
}
