using System.Globalization;

namespace SoftPerm.Experiments.Runs;

/// <summary>A sequence of images and the order a model found for it, ready to be shown.</summary>
/// <param name="Images">The images in input order, each Height × Width grey values from 0 to 1, row by row.</param>
/// <param name="Height">Height of an image in pixels.</param>
/// <param name="Width">Width of an image in pixels.</param>
/// <param name="Numbers">The number each image shows, in input order.</param>
/// <param name="Scores">The score the model gave each image, in input order; NaN where it gives none.</param>
/// <param name="FoundOrder">Positions in the input, the largest number first as the model sees it.</param>
public sealed record SequenceDrawing(
    IReadOnlyList<float[]> Images,
    int Height,
    int Width,
    IReadOnlyList<int> Numbers,
    IReadOnlyList<double> Scores,
    IReadOnlyList<int> FoundOrder)
{
    /// <summary>The number of images.</summary>
    public int Count => Images.Count;

    /// <summary>Whether the image found at a place belongs there. Images of equal numbers may change places.</summary>
    /// <param name="place">From 0, the largest.</param>
    public bool IsRight(int place) => Numbers[FoundOrder[place]] == Numbers.OrderDescending().ElementAt(place);

    /// <summary>How many places are right.</summary>
    public int RightPlaces => Enumerable.Range(0, Count).Count(IsRight);

    /// <summary>The score of an image as it is shown; nothing where there is none.</summary>
    internal string ScoreText(int item) => double.IsNaN(Scores[item]) ? "" : Scores[item].ToString("F2", CultureInfo.InvariantCulture);

    /// <exception cref="ArgumentException">The parts do not belong to one sequence.</exception>
    internal void Check()
    {
        if (Count == 0) throw new ArgumentException("The sequence has no images; at least 1 is needed.");
        if (Images.FirstOrDefault(i => i.Length != Height * Width) is { } odd)
            throw new ArgumentException($"An image has {odd.Length} pixels; {Height} × {Width} are expected.");
        if (Numbers.Count != Count || Scores.Count != Count)
            throw new ArgumentException($"{Count} images have {Numbers.Count} numbers and {Scores.Count} scores; each needs one of both.");
        if (!FoundOrder.Order().SequenceEqual(Enumerable.Range(0, Count)))
            throw new ArgumentException($"The order [{string.Join(", ", FoundOrder)}] is not a permutation of 0 to {Count - 1}.");
    }
}
