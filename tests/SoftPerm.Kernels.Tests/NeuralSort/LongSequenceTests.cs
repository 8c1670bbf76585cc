using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Sampled rows of sequences too long for the dense definition, and the gradients from those rows.</summary>
public sealed class LongSequenceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Kinds { get; } = ["normal", "clusters", "cauchy"];

    [Theory, MemberData(nameof(Kinds))]
    public void Rows_of_20_000_doubles(string kind) => Check(errors =>
    {
        foreach (var temperature in new[] { 1e-6, 1e-3, 1, 1e3, 1e6 }) ApplyCheck.RunSome<double>(kind, 20_000, temperature, 8, new Random(1), errors);
    });

    [Theory, MemberData(nameof(Kinds))]
    public void Rows_of_100_000_floats(string kind) => Check(errors =>
    {
        foreach (var temperature in new[] { 1e-3, 1, 1e3 }) ApplyCheck.RunSome<float>(kind, 100_000, temperature, 4, new Random(2), errors);
    });

    [Theory, InlineData("normal", 1e-3), InlineData("clusters", 1), InlineData("cauchy", 1e3)]
    public void Rows_of_1_000_000_floats(string kind, double temperature) => Check(errors =>
        ApplyCheck.RunSome<float>(kind, 1_000_000, temperature, 4, new Random(3), errors));

    private void Check(Action<WorstErrors> check)
    {
        var errors = new WorstErrors();
        check(errors);
        output.WriteLine(errors.ToString());
    }
}
