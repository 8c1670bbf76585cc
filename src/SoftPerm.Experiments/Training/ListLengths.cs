namespace SoftPerm.Experiments.Training;

/// <summary>Lists of different lengths in training and in validation: figures of the one say little of the other.</summary>
/// <param name="Training">Items of a list that is trained on, and that the loss of training is of.</param>
/// <param name="Validation">Items of a list that is validated on.</param>
public sealed record ListLengths(int Training, int Validation)
{
    /// <summary>Items of the lists that measures of training, other than the loss, are of: longer ones are cut to those of validation.</summary>
    public int Measured => Math.Min(Training, Validation);

    /// <summary>What the figures shown are of, in a few words.</summary>
    internal string Caption => Measured == Validation
        ? FormattableString.Invariant($"accuracies on lists of {Validation}, loss on {Training}")
        : FormattableString.Invariant($"training on lists of {Training}, validation on {Validation}");
}
