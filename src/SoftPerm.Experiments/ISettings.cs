namespace SoftPerm.Experiments;

/// <summary>Settings that a user chooses by options, some of which have no effect beside others.</summary>
public interface ISettings
{
    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    void Validate();

    /// <summary>Why an option would have no effect, and what to choose instead; null where it has one.</summary>
    /// <param name="given">The option, with its dashes. The settings are valid.</param>
    string? WhyUnused(string given);
}

/// <summary>Checks of <see cref="ISettings"/>.</summary>
public static class Settings
{
    /// <summary>Checks settings, and refuses options that were given for them in vain.</summary>
    /// <param name="settings">The settings, with the options applied.</param>
    /// <param name="given">The options, with their dashes.</param>
    /// <exception cref="UserErrorException">A setting is out of its domain, or an option would not be used; the message says what to choose instead.</exception>
    public static void RefuseUnused(this ISettings settings, IEnumerable<string> given)
    {
        var options = given.ToArray();
        try
        {
            settings.Validate();
        }
        catch (UserErrorException e) when (e.Setting is { } wrong && !wrong.Option.Contains(' ', StringComparison.Ordinal) && !options.Contains(wrong.Option))
        {
            throw new UserErrorException($"{e.Setting.Option} is {e.Setting.Value} by default; allowed: {e.Setting.Allowed}. Give {e.Setting.Option} too.", e);
        }

        foreach (var option in options)
            if (settings.WhyUnused(option) is { } reason) throw new UserErrorException($"{option} would not be used: {reason}.");
    }
}
