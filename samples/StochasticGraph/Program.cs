using SoftPerm;
using static TorchSharp.torch;

using var scope = NewDisposeScope();
using var generator = new Generator(1);
using var scorer = nn.Linear(3, 1);                                       // a network before the permutation,
using var reader = nn.Linear(6, 1);                                       // and one after it
var items = randn(32, 6, 3, generator: generator);                        // 32 sets of 6 items with 3 features
var q = new PlackettLuce(scorer.forward(items).squeeze(-1));              // for each set a distribution over orders
var estimator = new ScoreFunctionEstimator(Baseline.LeaveOneOut);         // or UnorderedSet-, Relax-, Rebar-, ReparameterizedEstimator
var loss = estimator.Surrogate(q, p =>                                    // p: 8 orders of each set, as operators
{
    var sorted = p.Apply(items.narrow(-1, 0, 1)).squeeze(-1);             // [8, 32, 6]: the first feature, in order
    return reader.forward(sorted).squeeze(-1).Squared();                  // [8, 32]: one cost for each
}, samples: 8, generator);
loss.mean().backward();                                                   // E f, and its gradient on both sides
Console.WriteLine($"expected cost {loss.mean().item<float>():f2}, gradients {scorer.weight!.grad!.norm().item<float>():f3} and {reader.weight!.grad!.norm().item<float>():f3}");
