namespace SoftPerm.Autograd;

/// <summary>Consecutive places: rows of a relaxation computed together.</summary>
/// <param name="Start">The first place.</param>
/// <param name="Count">How many.</param>
internal readonly record struct PlaceRange(long Start, long Count);
