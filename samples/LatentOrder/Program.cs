// Variational inference over a latent permutation: recover an order of players from noisy matches.
//
// Model: a player who stands before another in the hidden order z wins their match with probability 0.8, and all orders are equally
// likely beforehand. The posterior over 8! orders is approximated by a Plackett-Luce distribution q that maximises the evidence
// lower bound E_q[ log p(matches | z) - log q(z) ] + log p(z). The likelihood only counts matches, so it has no gradient in z:
// the score function with a leave-one-out baseline needs none.
using System.Globalization;
using SoftPerm;
using static SoftPerm.Held;
using static TorchSharp.torch;

const int Players = 8, Matches = 100, Samples = 16, Steps = 600;
const double Strength = 0.8;
using var scope = NewDisposeScope();
using var generator = new Generator(7);

// What really happened, hidden from the inference below.
var hidden = randperm(Players, generator: generator);
var place = hidden.argsort();
var first = randint(Players, Matches, int64, generator: generator);
var second = first.Plus(randint(1, Players, Matches, int64, generator: generator)).remainder(Number(Players));
var firstWins = place.index_select(0, first).lt(place.index_select(0, second)).eq(rand(Matches, generator: generator).lt(Number(Strength)));
Tensor winners = where(firstWins, first, second), losers = where(firstWins, second, first);

// log p(matches | z), for permutations with any leading axes.
Tensor LogLikelihood(RelaxedPermutation z)
{
    var places = z.Order().argsort(-1);
    var foreseen = places.index_select(-1, winners).lt(places.index_select(-1, losers)).to(float64);
    return foreseen.mul(Number(Math.Log(Strength))).Plus(foreseen.neg().Plus(1).mul(Number(Math.Log(1 - Strength)))).sum(-1);
}

double logPrior = -Enumerable.Range(1, Players).Sum(i => Math.Log(i));
var logits = zeros(Players, float64, requires_grad: true);
var posterior = new PlackettLuce(logits);
var estimator = new ScoreFunctionEstimator(Baseline.LeaveOneOut);
for (var step = 0; step <= Steps; step++)
{
    using var inner = NewDisposeScope();
    var loss = estimator.Surrogate(posterior, z => posterior.LogProbability(z.Order()).sub(LogLikelihood(z)), Samples, generator);
    if (step % 100 == 0) Print($"step {step,3}   evidence lower bound about {logPrior - loss.item<double>():f2}");
    logits.grad = null;
    loss.backward();
    using var _ = no_grad();
    logits.sub_(logits.grad!.mul(Number(0.05)));
}

// With 8 players all 40,320 orders can be summed, which tells how good the approximation is.
using var unmoved = no_grad();
var bound = logPrior - new ExactEstimator().Surrogate(posterior, z => posterior.LogProbability(z.Order()).sub(LogLikelihood(z)), 1, generator).item<double>();
var uniform = new PlackettLuce(zeros(Players, float64));
var peak = 0.0; // the largest log-likelihood, so that its exponential neither overflows nor vanishes
new ExactEstimator().Surrogate(uniform, z => { var l = LogLikelihood(z); peak = l.max().item<double>(); return l; }, 1, generator);
var evidence = peak + Math.Log(new ExactEstimator().Surrogate(uniform, z => LogLikelihood(z).sub(Number(peak)).exp(), 1, generator).item<double>());
Print($"exact: evidence lower bound {bound:f2}, log evidence {evidence:f2}");

var ranks = posterior.RankProbability();
Print($"hidden order    {string.Join(' ', hidden.data<long>())}");
Print($"most probable   {string.Join(' ', posterior.Mode().data<long>())}   (probability of each player at this place: {string.Join(' ', ranks.gather(-1, posterior.Mode().unsqueeze(-1)).data<double>().Select(p => p.ToString("f2", CultureInfo.InvariantCulture)))})");

static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
