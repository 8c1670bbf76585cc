// Learning to select from choices that others made. A jury picks the 3 best of 10 items by one direction of their 4 features, with moods:
// noise on each score. The network sees features and choices alone. Its membership of an item is the probability that the jury picks it,
// so it must find the direction and, by its temperature, how moody the jury is: too cold is wrong too surely, too hot says nothing.
using System.Globalization;
using SoftPerm;
using static SoftPerm.Held;
using static TorchSharp.torch;

const int Sets = 128, Items = 10, Features = 4, Chosen = 3, Steps = 300;
foreach (var moodiness in new[] { 0.1, 0.5, 1.5 })
{
    using var scope = NewDisposeScope();
    using var generator = new Generator(1);
    var taste = tensor(new[] { 0.6f, 0, -0.8f, 0 });
    using var model = new Selector(Features, Chosen);
    var optimizer = new Adam(model.parameters());
    var loss = 0f;
    for (var step = 0; step < Steps; step++)
    {
        using var inner = NewDisposeScope();
        var items = randn(Sets, Items, Features, generator: generator);
        var liking = items.matmul(taste).Plus(randn(Sets, Items, generator: generator).mul(Number(moodiness)));
        var picked = Soft.TopK(liking, Chosen, new ExactSort()).Membership;
        var error = model.forward(items).sub(picked).Squared().mean();
        loss = error.item<float>();
        model.zero_grad();
        error.backward();
        optimizer.Step(rate: 0.05 * (1 - (double)step / Steps)); // large steps first, small ones to settle
    }

    var direction = string.Join("  ", model.Direction.data<float>().Select(w => w.ToString("f2", CultureInfo.InvariantCulture)));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"moodiness {moodiness:f1}: temperature {model.Temperature.item<float>():f2}, direction {direction}, loss {loss:f3}"));
}
