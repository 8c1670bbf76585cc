namespace SoftPerm.Tests.Architecture;

/// <summary>Which part of a project may use which others.</summary>
/// <remarks>A part is a folder ("Relaxations/Engines"; "Relaxations/*" is the rule of each that has none of its own), or a single type that
/// goes apart from its folder ("./Soft"). Within a part all may be used; beyond it, the parts, folders and types that the rule names.</remarks>
internal sealed class Direction(IReadOnlyDictionary<string, string[]> rules)
{
    /// <summary>Types that no rule is for: their folder is unknown.</summary>
    public IEnumerable<string> Strangers(IEnumerable<Declared> types) => types.Where(type => RuleOf(type) is null).Select(type => type.Path);

    /// <summary>Rules that no type has.</summary>
    public IEnumerable<string> Idle(IEnumerable<Declared> types) => rules.Keys.Except(types.Select(RuleOf).OfType<string>());

    /// <summary>Uses that no rule allows.</summary>
    public IEnumerable<Use> Violations(IEnumerable<Use> uses) => uses.Where(use => PartOf(use.User) != PartOf(use.Used) && !IsAllowed(use));

    private bool IsAllowed(Use use) => RuleOf(use.User) is { } rule && rules[rule].Any(allowed =>
        allowed == use.Used.Path || allowed == PartOf(use.Used) || (allowed == Beside(use.Used.Folder) && !rules.ContainsKey(use.Used.Path)));

    private string PartOf(Declared type) => rules.ContainsKey(type.Path) ? type.Path : type.Folder;

    private string? RuleOf(Declared type) => new[] { type.Path, type.Folder, Beside(type.Folder) }.FirstOrDefault(rules.ContainsKey);

    private static string Beside(string folder) => $"{Path.GetDirectoryName(folder)}/*";
}
