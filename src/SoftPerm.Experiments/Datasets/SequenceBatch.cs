namespace SoftPerm.Experiments.Datasets;

/// <summary>A batch of sequences.</summary>
/// <param name="Index">Its number in the series.</param>
/// <param name="Sequences">Sequences in it.</param>
/// <param name="Pixels">The images, values in [0, 1], [sequences·items, 1, height, width].</param>
/// <param name="Numbers">The numbers shown, [sequences·items].</param>
public sealed record SequenceBatch(long Index, int Sequences, float[] Pixels, int[] Numbers);
