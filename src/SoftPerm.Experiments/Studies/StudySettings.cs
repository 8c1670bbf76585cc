namespace SoftPerm.Experiments.Studies;

/// <summary>Checks of settings, told as the options that set them.</summary>
internal static class StudySettings
{
    /// <exception cref="UserErrorException">The setting is out of its domain.</exception>
    public static void Require<T>(bool holds, string option, T value, string allowed)
    {
        if (!holds) throw new UserErrorException(FormattableString.Invariant($"--{option} is {value}; allowed: {allowed}."));
    }

    /// <exception cref="UserErrorException">There is no value, or one is out of its domain.</exception>
    public static void RequireEach<T>(IReadOnlyList<T> values, Func<T, bool> holds, string option, string allowed)
    {
        if (values.Count == 0) throw new UserErrorException($"--{option} is empty; allowed: {allowed}.");
        foreach (var value in values)
            if (!holds(value)) throw new UserErrorException(FormattableString.Invariant($"--{option} has {value}; allowed: {allowed}."));
    }
}
