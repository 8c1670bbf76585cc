namespace SoftPerm.Kernels.NeuralSort;

/// <summary>How far neighbouring narrow rows reach.</summary>
/// <param name="Left">Columns left of each row.</param>
/// <param name="Right">Columns right of each row.</param>
internal readonly record struct NarrowReach(int Left, int Right)
{
    /// <summary>Columns beside each row.</summary>
    public int Width => Left + Right;
}
