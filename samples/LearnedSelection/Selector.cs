using SoftPerm;
using TorchSharp.Modules;
using static TorchSharp.torch;

/// <summary>Scores items and says of each how surely it is among the k best. What it learns: by which features, and how surely.</summary>
internal sealed class Selector : nn.Module<Tensor, Tensor>
{
    private readonly Linear scorer;
    private readonly LearnedTemperature temperature = new(initial: 1);
    private readonly SoftTopK choice;

    public Selector(long features, long k) : base(nameof(Selector))
    {
        scorer = nn.Linear(features, 1, hasBias: false);
        choice = new SoftTopK(k, new LapSum(temperature));
        RegisterComponents();
    }

    /// <summary>What a feature counts, a vector of length 1: how sharp the choice is remains to the temperature.</summary>
    public Tensor Direction => nn.functional.normalize(scorer.weight!.squeeze(0), dim: 0);

    public Tensor Temperature => temperature.Value;

    public override Tensor forward(Tensor items) => choice.forward(items.matmul(Direction));
}
