namespace SoftPerm.Experiments.Studies;

/// <summary>Everything that determines a study of relaxations.</summary>
public sealed record RelaxationStudyConfig : ISettings
{
    /// <summary>A study of seconds, to see how it works.</summary>
    public static RelaxationStudyConfig Quick { get; } = new() { Items = [10], Steps = 20, WorkItems = 10_000 };

    /// <summary>The relaxations, by their names in <see cref="RelaxationCatalog"/>.</summary>
    public IReadOnlyList<string> Relaxations { get; init; } = [.. RelaxationCatalog.All.Select(known => known.Name)];

    /// <summary>The numbers of items n.</summary>
    public IReadOnlyList<int> Items { get; init; } = [10, 100, 1000];

    /// <summary>Steps of training a scorer.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Items that are sorted at once when time is measured, in as many lists as they make.</summary>
    public int WorkItems { get; init; } = 100_000;

    /// <summary>The seed of weights and items.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>libtorch's threads; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>The cells of the study in the order in which they are measured.</summary>
    internal IEnumerable<RelaxationCell> Cells() => (from items in Items from relaxation in Relaxations select new RelaxationCell(relaxation, items)).Distinct();

    /// <inheritdoc/>
    public string? WhyUnused(string given) => null; // every one has an effect beside all others

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public void Validate()
    {
        StudySettings.RequireEach(
            Relaxations, name => RelaxationCatalog.All.Any(known => known.Name == name), "relaxations", string.Join(", ", RelaxationCatalog.All.Select(known => known.Name)));
        StudySettings.RequireEach(Items, n => n is >= 2 and <= 100_000, "items", "whole numbers from 2 to 100000");
        if (Relaxations.Contains("odd-even")) StudySettings.RequireEach(Items, n => n <= 16_384, "items", "at most 16384 with odd-even, whose network has n²/2 comparators");
        StudySettings.Require(Steps is >= 1 and <= 100_000, "steps", Steps, "1 to 100000");
        StudySettings.Require(WorkItems is >= 2 and <= 10_000_000, "work-items", WorkItems, "2 to 10000000");
        StudySettings.Require(Threads is >= 0 and <= 1024, "threads", Threads, "0 (libtorch's choice) to 1024");
    }
}

/// <summary>A relaxation and a number of items.</summary>
internal sealed record RelaxationCell(string Relaxation, int Items);
