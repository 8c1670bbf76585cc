namespace SoftPerm;

/// <summary>How <see cref="Soft"/> sorts.</summary>
public sealed record SoftOptions
{
    /// <summary>The relaxation, of <see cref="RelaxationCatalog"/>.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public KnownRelaxation Relaxation
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    = RelaxationCatalog.Of("neural-sort");

    /// <summary>τ, in the units of the relaxation, ≥ 0; null for its <see cref="KnownRelaxation.ScaleFreeTemperature"/>. At 0, results are
    /// those of <see cref="SoftMode.Hard"/>.</summary>
    /// <remarks>A temperature that is learned belongs in the constructor of the relaxation itself.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is negative or not finite.</exception>
    public double? Temperature
    {
        get;
        init
        {
            if (value is { } given && !(given >= 0 && double.IsFinite(given)))
                throw new ArgumentOutOfRangeException(nameof(value), given, "Temperature must be at least 0 and finite.");
            field = value;
        }
    }

    /// <summary>What happens forward and backward.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public SoftMode Mode
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
                throw new ArgumentOutOfRangeException(nameof(value), value, $"Mode must be one of: {string.Join(", ", Enum.GetNames<SoftMode>())}.");
            field = value;
        }
    }

    /// <summary>The axis that is sorted; negative ones count from the last.</summary>
    public long Dim { get; init; } = -1;

    /// <summary>Whether the first place, rank 0, holds the largest value.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Which values are there, bool, broadcasting to them; null for all. Stays the caller's.</summary>
    public Tensor? Mask { get; init; }
}
