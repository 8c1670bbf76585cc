namespace SoftPerm.Training;

/// <summary>A mistake the user can mend: a setting, a file, a folder. The message is one line that names the value and what is allowed.</summary>
/// <remarks>Messages name settings as the program has them, in quotes: <c>'LearningRate'</c>. A command line puts its own words in their place.</remarks>
/// <param name="message">What is wrong, with the offending value and what is allowed.</param>
/// <param name="cause">What the system reported, if anything.</param>
public class UserErrorException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What would help, where that is more than another value.</summary>
    public Remedy? Remedy { get; init; }
}

/// <summary>A setting out of its domain.</summary>
/// <param name="setting">The setting; several, in quotes, where only together they are wrong.</param>
/// <param name="value">Its value.</param>
/// <param name="allowed">What is allowed.</param>
public sealed class WrongSettingException(string setting, string value, string allowed)
    : UserErrorException($"{Settings.Quoted(setting)} is {value}; allowed: {allowed}.")
{
    /// <summary>The setting.</summary>
    public string Setting { get; } = setting;

    /// <summary>Its value.</summary>
    public string Value { get; } = value;

    /// <summary>What is allowed.</summary>
    public string Allowed { get; } = allowed;
}

/// <summary>What would help a user, as data: a program and a command line say it each in its own words.</summary>
public abstract record Remedy;

/// <summary>Going on with a run that has not ended.</summary>
/// <param name="Task">The run's task.</param>
/// <param name="Folder">The run's folder.</param>
public sealed record ResumeRun(string Task, string Folder) : Remedy;

/// <summary>Training a run again, of which only the record is left.</summary>
/// <param name="Task">The run's task.</param>
public sealed record TrainAgain(string Task) : Remedy;
