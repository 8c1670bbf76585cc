namespace SoftPerm.Experiments.Datasets;

/// <summary>What happens to a file that is fetched.</summary>
public enum FetchState
{
    /// <summary>It was there, with the published checksum.</summary>
    Kept,

    /// <summary>It is on its way.</summary>
    Arriving,

    /// <summary>It has come, and has the published checksum.</summary>
    Fetched,
}
