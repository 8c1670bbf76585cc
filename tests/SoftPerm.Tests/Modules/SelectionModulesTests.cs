using SoftPerm.TestKit.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Modules;

/// <summary><see cref="SoftTopK"/> and <see cref="SoftRank"/>, by themselves and in a user's module.</summary>
public sealed class SelectionModulesTests
{
    [Fact]
    public void A_choice_is_that_of_the_relaxation_along_the_axis_and_under_the_mask()
    {
        using var scope = NewDisposeScope();
        var (values, mask) = Values();
        var relaxation = new LapSum(0.4);
        TensorCompare.Close(Soft.TopK(values, 2, relaxation, dim: 1).Membership, new SoftTopK(2, relaxation, dim: 1).call(values), 0);
        TensorCompare.Close(Soft.TopK(values, 2, relaxation, dim: 1, mask).Membership, new SoftTopK(2, relaxation, dim: 1).forward(values, mask), 0);
        TensorCompare.Close(Soft.TopK(values, 3).Membership, new SoftTopK(3).call(values), 0);
        TensorCompare.Close(full([2, 5], Number(2), float64), new SoftTopK(2, relaxation, dim: 1).call(values).sum(1), 1e-12);
        Assert.Equal(2, new SoftTopK(2).K);
    }

    [Fact]
    public void Ranks_are_those_of_the_relaxation_along_the_axis_and_under_the_mask()
    {
        using var scope = NewDisposeScope();
        var (values, mask) = Values();
        var relaxation = new NeuralSort(0.4, descending: false);
        TensorCompare.Close(Soft.Rank(values, relaxation, dim: 0), new SoftRank(relaxation, dim: 0).call(values), 0);
        TensorCompare.Close(Soft.Rank(values, relaxation, dim: 0, mask), new SoftRank(relaxation, dim: 0).forward(values, mask), 0);
        TensorCompare.Close(Soft.Rank(values), new SoftRank().call(values), 0);
    }

    [Fact]
    public void A_straight_through_choice_is_exact_and_learns_by_the_soft_one()
    {
        using var scope = NewDisposeScope();
        var (values, _) = Values();
        LearnedTemperature soft = new(0.4), hard = new(0.4);
        var (one, other) = (values.clone().requires_grad_(), values.clone().requires_grad_());
        var weights = Indices(5, float64).cos();
        Tensor relaxed = new SoftTopK(2, new LapSum(soft)).call(one), exact = new SoftTopK(2, new LapSum(hard).StraightThrough()).call(other);
        TensorCompare.Close(Soft.TopK(values, 2, new ExactSort()).Membership, exact, 0);
        relaxed.mul(weights).sum().backward();
        exact.mul(weights).sum().backward();
        TensorCompare.Close(one.grad!, other.grad!, 1e-12);
        TensorCompare.Close(soft.parameters().Single().grad!, hard.parameters().Single().grad!, 1e-6);
        Assert.NotEqual(0, hard.parameters().Single().grad!.item<float>());
    }

    [Fact]
    public void What_cannot_be_chosen_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => new SoftTopK(0)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftTopK(4).call(ones(2, 3)));
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentOutOfRangeException>(() => new SoftTopK(1, dim: 2).call(ones(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentOutOfRangeException>(() => new SoftRank(dim: -3).call(ones(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => new SoftRank().call(ones(3, int64))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SoftTopK(1).forward(ones(3), ones(3)));
    }

    [Fact]
    public void Every_module_owns_the_learned_temperature_of_its_relaxation()
    {
        using var scope = NewDisposeScope();
        using var temperature = new LearnedTemperature(0.4);
        foreach (var relaxation in RelaxationCatalog.All.Select(known => known.Create(temperature, true)))
        {
            Owns(new SoftTopK(2, relaxation));
            Owns(new SoftRank(relaxation));
            Owns(new SoftTopK(2, relaxation.StraightThrough()));
            Owns(new SoftRank(relaxation.StraightThrough().StraightThrough()));
            if (relaxation is Relaxation withMatrix) Owns(new DifferentiableKnn(2, withMatrix));
        }

        Assert.Empty(new SoftTopK(2, new NeuralSort(1)).parameters());
        Assert.Empty(new SoftRank().parameters());
        Assert.Empty(new DifferentiableKnn(2, new NeuralSort(temperature.Value)).parameters());

        void Owns(nn.Module module)
        {
            Assert.Equal("temperature.logarithm", Assert.Single(module.named_parameters()).name);
            Assert.Same(temperature, Assert.Single(module.named_modules(), m => m.name == "temperature").module);
        }
    }

    [Fact]
    public void A_temperature_in_several_places_of_a_network_is_one_parameter()
    {
        using var scope = NewDisposeScope();
        using var model = new Selector(features: 3, kept: 2);
        Assert.Equal(["scorer.weight", "temperature.logarithm"], model.named_parameters().Select(p => p.name).Order());
        Assert.Equal(2, model.parameters().Count());
        Assert.Contains("choice", model.named_modules().Select(m => m.name));

        // One step of gradient descent over what the network lists is one step.
        var before = model.Temperature.item<float>();
        model.forward(Items(4, 6, 3)).select(-1, 0).sum().backward();
        var slope = model.parameters().Single(p => p.dim() == 0).grad!.item<float>();
        using (no_grad())
            foreach (var each in model.parameters()) each.sub_(each.grad!.mul(Number(0.5)));
        Assert.Equal(before * Math.Exp(-0.5 * slope), model.Temperature.item<float>(), 1e-5 * before);

        model.to(float64);
        Assert.Equal(2, model.parameters().Count());
        Assert.All(model.parameters(), each => Assert.Equal(float64, each.dtype));
        Assert.Equal(float64, model.Temperature.dtype);
    }

    [Fact]
    public void A_network_with_one_is_saved_and_loaded()
    {
        using var scope = NewDisposeScope();
        using var model = new Selector(features: 3, kept: 2);
        using var copy = new Selector(features: 3, kept: 2, initial: 9);
        var items = Items(4, 6, 3);
        using var file = new MemoryStream();
        model.save(file);
        using var written = new MemoryStream(file.ToArray()); // saving closes the other
        copy.load(written);
        TensorCompare.Close(model.forward(items), copy.forward(items), 0);
        using var third = new Selector(features: 3, kept: 2, initial: 9);
        third.load_state_dict(model.state_dict());
        TensorCompare.Close(model.forward(items), third.forward(items), 0);
    }

    [Fact]
    public void A_network_learns_what_to_choose_and_how_sharply()
    {
        // The two of six items that are chosen are those of the largest first feature: certain, so the choice should become sharp.
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var model = new Selector(features: 3, kept: 2);
        var optimizer = new Descent(0.05, [.. model.parameters()]);
        var (first, last) = (0f, 0f);
        for (var step = 0; step < 150; step++)
        {
            using var inner = NewDisposeScope();
            var items = randn(64, 6, 3, generator: generator);
            var chosen = Soft.TopK(items.select(-1, 0), 2, new ExactSort()).Membership;
            var loss = model.forward(items).sub(chosen).Squared().mean();
            optimizer.Step(loss);
            last = loss.item<float>();
            if (step == 0) first = last;
        }

        Assert.True(last < 0.2 * first, $"The loss went from {first} to {last}.");
        Assert.True(model.Temperature.item<float>() < 0.2, $"The temperature is {model.Temperature.item<float>()}.");
    }

    [Fact]
    public void Nothing_is_left_behind() => TensorLeak.Check(() =>
    {
        using var scope = NewDisposeScope(); // for gradients, which no module disposes
        using var model = new Selector(features: 3, kept: 2);
        using var ranks = new SoftRank(new SoftSort(new LearnedTemperature(0.3)));
        var items = Items(4, 6, 3);
        for (var step = 0; step < 2; step++)
        {
            using var inner = NewDisposeScope();
            model.forward(items).Plus(ranks.forward(items.select(-1, 0))).Squared().sum().backward();
        }

        foreach (var each in model.parameters().Concat(ranks.parameters())) each.grad!.Dispose();
    });

    /// <summary>A network as users write it: the temperature is a module of its own and of the choice that uses it.</summary>
    private sealed class Selector : nn.Module<Tensor, Tensor>
    {
        private readonly Linear scorer;
        private readonly LearnedTemperature temperature;
        private readonly SoftTopK choice;

        public Selector(long features, long kept, double initial = 1) : base(nameof(Selector))
        {
            using var generator = new Generator(5);
            scorer = nn.Linear(features, 1, hasBias: false);
            using (no_grad()) scorer.weight!.copy_(randn(1, features, generator: generator));
            temperature = new LearnedTemperature(initial, minimum: 0);
            choice = new SoftTopK(kept, new LapSum(temperature));
            RegisterComponents();
        }

        public Tensor Temperature => temperature.Value;

        public override Tensor forward(Tensor items)
        {
            using var scope = NewDisposeScope();
            var direction = scorer.weight!.div(scorer.weight!.norm()); // of length 1, so that the temperature alone says how sharp the choice is
            return choice.forward(items.matmul(direction.squeeze(0))).MoveToOuterDisposeScope();
        }
    }

    private static (Tensor Values, Tensor Mask) Values()
    {
        using var generator = new Generator(2);
        return (randn([2, 4, 5], dtype: float64, generator: generator), rand(2, 4, 5, generator: generator).lt(Number(0.7)));
    }

    private static Tensor Items(params long[] shape)
    {
        using var generator = new Generator(3);
        return randn(shape, generator: generator);
    }
}
