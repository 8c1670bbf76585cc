namespace SoftPerm.Experiments;

/// <summary>A mistake the user can mend: the tool prints the message as one line and exits with code 1.</summary>
/// <param name="message">What is wrong, with the offending value and what is allowed.</param>
/// <param name="cause">What the system reported, if anything.</param>
public sealed class UserErrorException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The setting that is wrong, where it is one of a configuration's.</summary>
    internal WrongSetting? Setting { get; init; }
}
