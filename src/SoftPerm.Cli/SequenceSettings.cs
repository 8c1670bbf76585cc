using SoftPerm.Paper.Networks;
using SoftPerm.Paper.Tasks;

namespace SoftPerm.Cli;

/// <summary>The options of tasks whose data are sequences of images of numbers.</summary>
internal static class SequenceSettings
{
    /// <summary>The options, for the settings of one such task.</summary>
    public static Setting<TConfig>[] For<TConfig>() where TConfig : SequenceConfig =>
    [
        Setting<TConfig>.Of<int>("--digits", "Digits side by side in one image.", c => c.Digits, (c, v) => c with { Digits = v }),
        Setting<TConfig>.Of<int>("--sequences", "Training sequences a step.", c => c.Sequences, (c, v) => c with { Sequences = v }),
        Setting<TConfig>.Of<string>("--network", "paper, small (a quarter of its cost), or digits (as small, and it reads one digit like another).", c => c.Network, (c, v) => c with { Network = v }).Offering(NumberNetworks.Names),
        Setting<TConfig>.Of<string>("--relaxation", $"What relaxes the sort of scores: {string.Join(", ", RelaxationCatalog.All.Select(known => known.Name))}.", c => c.Relaxation, (c, v) => c with { Relaxation = v }).Offering(RelaxationCatalog.All.Select(known => known.Name)),
        Setting<TConfig>.Of<int>("--validation-sequences", "Sequences of a validation.", c => c.ValidationSequences, (c, v) => c with { ValidationSequences = v }),
        Setting<TConfig>.Of<int>("--test-sequences", "Sequences of the final test.", c => c.TestSequences, (c, v) => c with { TestSequences = v }),
    ];
}
