namespace SoftPerm.Experiments.Datasets;

/// <summary>How far the fetching of a file is.</summary>
/// <param name="Path">Where the file goes.</param>
/// <param name="Bytes">Bytes that are there.</param>
/// <param name="Total">Bytes of the whole file; null where the server does not say.</param>
/// <param name="State">What happened.</param>
public readonly record struct FetchProgress(string Path, long Bytes, long? Total, FetchState State);
