namespace SoftPerm.Experiments;

/// <summary>A setting out of its domain.</summary>
/// <param name="Option">The option that sets it, with its dashes; several words where several options do.</param>
/// <param name="Value">Its value.</param>
/// <param name="Allowed">What is allowed.</param>
internal sealed record WrongSetting(string Option, string Value, string Allowed);
