namespace SoftPerm.Training;

/// <summary>Settings that a user chooses, some of which have no effect beside others.</summary>
public interface ISettings
{
    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    void Validate();

    /// <summary>Why a setting would have no effect, and what to choose instead; null where it has one.</summary>
    /// <param name="setting">The setting's name. The settings are valid.</param>
    string? WhyUnused(string setting);
}

/// <summary>Checks of <see cref="ISettings"/>.</summary>
public static class Settings
{
    /// <summary>A setting's name as messages have it, in quotes.</summary>
    public static string Quoted(string setting) => setting.Contains('\'', StringComparison.Ordinal) ? setting : $"'{setting}'";

    /// <summary>Complains of a value out of its domain.</summary>
    /// <param name="holds">Whether the value is in its domain.</param>
    /// <param name="setting">The setting's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="allowed">What is allowed.</param>
    /// <exception cref="WrongSettingException">It is not.</exception>
    public static void Require<T>(bool holds, string setting, T value, string allowed)
    {
        if (!holds) throw new WrongSettingException(setting, FormattableString.Invariant($"{value}"), allowed);
    }

    /// <summary>Complains of a name that is not among those known.</summary>
    /// <exception cref="WrongSettingException">It is not.</exception>
    public static void RequireOneOf(IReadOnlyList<string> names, string setting, string name) =>
        Require(names.Contains(name), setting, name, string.Join(", ", names));

    /// <summary>Complains of a list that is empty or has a value out of its domain.</summary>
    /// <exception cref="UserErrorException">It is, or has.</exception>
    public static void RequireEach<T>(IReadOnlyList<T> values, Func<T, bool> isAllowed, string setting, string allowed)
    {
        Require(values.Count > 0, setting, "empty", allowed);
        foreach (var value in values)
            if (!isAllowed(value)) throw new UserErrorException(FormattableString.Invariant($"'{setting}' has {value}; allowed: {allowed}."));
    }

    /// <summary>Checks settings, and refuses those that were given in vain.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="given">The names of those that were given.</param>
    /// <exception cref="UserErrorException">A setting is out of its domain, or would not be used; the message says what to choose instead.</exception>
    public static void RefuseUnused(this ISettings settings, IEnumerable<string> given)
    {
        var names = given.ToArray();
        try
        {
            settings.Validate();
        }
        catch (WrongSettingException e) when (!e.Setting.Contains(' ', StringComparison.Ordinal) && !names.Contains(e.Setting))
        {
            throw new UserErrorException($"'{e.Setting}' is {e.Value} by default; allowed: {e.Allowed}. Give '{e.Setting}' too.", e);
        }

        foreach (var name in names)
            if (settings.WhyUnused(name) is { } reason) throw new UserErrorException($"'{name}' would not be used: {reason}.");
    }
}
