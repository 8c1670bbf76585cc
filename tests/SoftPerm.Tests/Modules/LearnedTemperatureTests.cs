using SoftPerm.TestKit.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Modules;

public sealed class LearnedTemperatureTests
{
    [Theory, InlineData(0.3, 1e-3), InlineData(2.0, 0), InlineData(1.5, 1.0), InlineData(1e-6, 0), InlineData(1e29, 0)]
    public void It_begins_at_its_initial_value(double initial, double minimum)
    {
        using var scope = NewDisposeScope();
        var temperature = new LearnedTemperature(initial, minimum);
        Assert.Equal(minimum, temperature.Minimum);
        Assert.Equal(initial, temperature.Value.item<float>(), 1e-5 * initial); // e to the power of a float32 of up to 67
        Assert.Empty(temperature.Value.shape);
    }

    [Theory, InlineData(-3.0), InlineData(0.0), InlineData(1.7)]
    public void It_is_the_minimum_and_an_exponential_whose_gradient_is_itself(double parameter)
    {
        using var scope = NewDisposeScope();
        var temperature = new LearnedTemperature(1, minimum: 0.25);
        Set(temperature, parameter);
        var value = temperature.Value;
        Assert.Equal(0.25 + Math.Exp(parameter), value.item<float>(), 1e-6 * Math.Exp(parameter) + 1e-7);
        value.backward();
        Assert.Equal(Math.Exp(parameter), Parameter(temperature).grad!.item<float>(), 1e-6 * Math.Exp(parameter));
    }

    [Fact]
    public void Gradients_through_a_relaxation_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var values = randn([2, 6], dtype: float64, generator: generator);
        var temperature = new LearnedTemperature(0.7, minimum: 0.1).to(float64);
        var ranks = new SoftRank(new SoftSort(temperature) { Power = 2 });
        double Loss(double parameter)
        {
            Set(temperature, parameter);
            return ranks.forward(values).mul(values).sum().item<double>();
        }

        const double Parameter0 = -0.4, Step = 1e-4;
        var expected = (8 * (Loss(Parameter0 + Step) - Loss(Parameter0 - Step)) - (Loss(Parameter0 + 2 * Step) - Loss(Parameter0 - 2 * Step))) / (12 * Step);
        Set(temperature, Parameter0);
        ranks.forward(values).mul(values).sum().backward();
        Assert.Equal(expected, Parameter(temperature).grad!.item<double>(), 1e-8 * Math.Abs(expected));
    }

    [Theory]
    [InlineData(-100.0), InlineData(100.0), InlineData(-1e30), InlineData(1e30), InlineData(double.NegativeInfinity), InlineData(double.PositiveInfinity)]
    public void It_stays_positive_and_finite_wherever_a_step_leads(double parameter)
    {
        using var scope = NewDisposeScope();
        foreach (var minimum in new[] { 0, 1e-3 })
        {
            var temperature = new LearnedTemperature(1, minimum);
            Set(temperature, parameter);
            var value = temperature.Value;
            Assert.True(value.item<float>() > 0 && float.IsFinite(value.item<float>()) && value.item<float>() >= minimum);
            value.backward();
            Assert.Equal(0, Parameter(temperature).grad!.item<float>());
            Assert.True(new NeuralSort(temperature).Rank(tensor(new[] { 1f, 3, 2 })).isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void One_that_is_no_number_is_refused_where_it_is_used()
    {
        using var scope = NewDisposeScope();
        var temperature = new LearnedTemperature(1);
        Set(temperature, double.NaN);
        Assert.Contains("positive and finite", Assert.Throws<ArgumentOutOfRangeException>(() => new NeuralSort(temperature).Rank(ones(3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_numbers_are_refused_by_name()
    {
        foreach (var minimum in new[] { -1e-9, double.NaN, double.PositiveInfinity })
            Assert.Equal("minimum", Assert.Throws<ArgumentOutOfRangeException>(() => new LearnedTemperature(1, minimum)).ParamName);
        foreach (var initial in new[] { 1e-3, 0, -1, double.NaN, double.PositiveInfinity, 1e30 })
            Assert.Equal("initial", Assert.Throws<ArgumentOutOfRangeException>(() => new LearnedTemperature(initial)).ParamName);
        Assert.Equal("initial", Assert.Throws<ArgumentOutOfRangeException>(() => new LearnedTemperature(1e-30, minimum: 0)).ParamName);
        Assert.Throws<ArgumentNullException>(() => new NeuralSort((LearnedTemperature)null!));
    }

    [Fact]
    public void It_outlives_the_dispose_scope_it_is_made_in_and_is_read_anew_at_each_use()
    {
        using var scope = NewDisposeScope();
        LearnedTemperature temperature;
        SoftOrdering relaxation;
        nn.Module linear;
        using (NewDisposeScope())
        {
            temperature = new LearnedTemperature(0.5);
            relaxation = new SoftSort(temperature);
            linear = nn.Linear(2, 2);
        }

        Assert.Equal(2, linear.parameters().Count()); // as TorchSharp's own modules do

        var values = tensor(new[] { 0.3f, 2, -1 });
        for (var step = 1; step <= 3; step++)
        {
            using var inner = NewDisposeScope();
            Set(temperature, step);
            TensorCompare.Close(new SoftSort(temperature.Value.item<float>()).Rank(values), relaxation.Rank(values), 1e-6);
        }

        temperature.Dispose();
    }

    [Fact]
    public void It_survives_conversions_and_state()
    {
        using var scope = NewDisposeScope();
        var module = new SoftTopK(2, new LapSum(new LearnedTemperature(0.5)));
        var values = tensor(new[] { 0.3, 2, -1, 0.9 });
        var expected = module.forward(values);
        module.to(float64);
        Assert.Equal(float64, Assert.Single(module.parameters()).dtype);
        TensorCompare.Close(expected, module.forward(values), 1e-6);
        module.forward(values).Squared().sum().backward();
        Assert.NotEqual(0, Assert.Single(module.parameters()).grad!.item<double>());
        module.to(float32);

        var state = module.state_dict();
        Assert.Equal("temperature.logarithm", Assert.Single(state.Keys));
        var copy = new SoftTopK(2, new LapSum(new LearnedTemperature(7)));
        Assert.False(allclose(expected, copy.forward(values)));
        copy.load_state_dict(state);
        TensorCompare.Close(expected, copy.forward(values), 1e-6);

        using var file = new MemoryStream();
        module.save(file);
        using var written = new MemoryStream(file.ToArray()); // saving closes the other
        var loaded = new SoftTopK(2, new LapSum(new LearnedTemperature(7)));
        loaded.load(written);
        TensorCompare.Close(expected, loaded.forward(values), 1e-6);
        Set(Assert.IsType<LearnedTemperature>(Assert.Single(loaded.children())), 3);
        Assert.False(allclose(expected, loaded.forward(values)), "what was loaded is no longer read");
    }

    [Theory, InlineData(ScalarType.Float16), InlineData(ScalarType.BFloat16)]
    public void One_of_a_half_type_is_computed_in_float32(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var temperature = new LearnedTemperature(1e6).to(type); // more than float16 holds
        Assert.Equal(float32, temperature.Value.dtype);
        Assert.Equal(1e6, temperature.Value.item<float>(), 0.06 * 1e6); // bfloat16 has 8 bits of a logarithm of 13.8
        temperature.Value.log().backward();
        Assert.Equal((1.0, type), (Parameter(temperature).grad!.to(float64).item<double>(), Parameter(temperature).grad!.dtype));
    }

    [Fact]
    public void Wide_scores_and_a_narrow_parameter_go_together()
    {
        using var scope = NewDisposeScope();
        var temperature = new LearnedTemperature(0.5);
        var values = tensor(new[] { 0.3, 2, -1, 0.9 }).requires_grad_();
        var ranks = new NeuralSort(temperature).Rank(values);
        Assert.Equal(float64, ranks.dtype);
        TensorCompare.Close(new NeuralSort(temperature.Value.to(float64)).Rank(values), ranks, 1e-14);
        ranks.Squared().sum().backward();
        Assert.Equal((float32, true), (Parameter(temperature).grad!.dtype, Parameter(temperature).grad!.item<float>() != 0));
    }

    [Fact]
    public void Nothing_is_left_behind() => TensorLeak.Check(() =>
    {
        using var temperature = new LearnedTemperature(0.5);
        using var scope = NewDisposeScope();
        new NeuralSort(temperature).Rank(rand(2, 5)).select(-1, 0).sum().Plus(temperature.Value).backward();
        Parameter(temperature).grad!.Dispose();
    });

    private static TorchSharp.Modules.Parameter Parameter(nn.Module module) => Assert.Single(module.parameters());

    private static void Set(LearnedTemperature temperature, double parameter)
    {
        using var _ = no_grad();
        Parameter(temperature).fill_(Number(parameter));
    }
}
