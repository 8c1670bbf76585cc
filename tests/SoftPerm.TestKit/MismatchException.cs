namespace SoftPerm.TestKit;

/// <summary>Numbers are not what a test expects.</summary>
/// <param name="message">What was expected and what was found.</param>
public sealed class MismatchException(string message) : Exception(message);
