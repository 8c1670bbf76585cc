using System.Net;
using SoftPerm.Training;
using SoftPerm.Training.IO;

namespace SoftPerm.Paper.Datasets;

/// <summary>Fetches public data sets: from one mirror after the other, with patience, and never half a file under its name.</summary>
/// <remarks>
/// A file arrives as <c>NAME.part</c>, which a later attempt or a later call goes on with, and takes its name only once its
/// checksum is the published one; with a wrong checksum it is removed. The archive of CIFAR-10 is unpacked beside itself.
/// </remarks>
/// <param name="client">Sends the requests.</param>
/// <param name="progress">Told how far each file is.</param>
public sealed class DatasetFetcher(HttpClient client, IProgress<FetchProgress>? progress = null)
{
    private const int AttemptsPerMirror = 4;

    /// <summary>Waits before another attempt.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Pause { get; init; } = Task.Delay;

    /// <summary>How long a server may be silent.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Fetches the files that are not there yet into <see cref="DataFolders.Target"/>.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="dataDirectory">A folder of data sets; null for <c>SOFTPERM_DATA</c>, then the user's cache.</param>
    /// <param name="cancellationToken">Stops; what has come is kept for the next call.</param>
    /// <exception cref="UserErrorException">A file cannot be fetched or written; the message names every mirror tried and why it failed.</exception>
    public async Task FetchAsync(PublishedDataset dataset, string? dataDirectory, CancellationToken cancellationToken = default)
    {
        var folder = DataFolders.Target(dataset, dataDirectory);
        FileGuard.Run("make", folder, () => Directory.CreateDirectory(folder));
        foreach (var file in dataset.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (File.Exists(path) && DataFile.Md5OfFile(path) == file.Md5) Report(path, FetchState.Kept);
            else await FetchFileAsync(dataset, file, path, cancellationToken).ConfigureAwait(false);
            if (dataset.Name == PublishedDataset.Cifar10.Name) CifarArchive.Unpack(path);
        }
    }

    private async Task FetchFileAsync(PublishedDataset dataset, PublishedFile file, string path, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var mirror in dataset.Mirrors)
        {
            var address = new Uri(mirror, file.Name);
            if (await FailureAsync(address, file, path, cancellationToken).ConfigureAwait(false) is not { } failure) return;
            failures.Add($"{address}: {failure}");
        }

        throw new UserErrorException($"{file.Name} of {dataset.Name} cannot be fetched. Tried {string.Join("; ", failures)}.");
    }

    /// <summary>Tries one mirror, several times where that may help.</summary>
    /// <returns>Why it failed; null when the file is there.</returns>
    private async Task<string?> FailureAsync(Uri address, PublishedFile file, string path, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (failure, again) = await AttemptAsync(address, file, path, cancellationToken).ConfigureAwait(false);
            if (failure is null || !again) return failure;
            if (attempt == AttemptsPerMirror) return $"{failure} ({attempt} attempts)";
            await Pause(TimeSpan.FromSeconds(1 << (attempt - 1)), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(string? Failure, bool Again)> AttemptAsync(Uri address, PublishedFile file, string path, CancellationToken cancellationToken)
    {
        var part = Download.PartOf(path);
        try
        {
            var resumed = await new Download(client, Patience).ContinueAsync(
                address, path, (bytes, total) => progress?.Report(new FetchProgress(path, bytes, total, FetchState.Arriving)), cancellationToken).ConfigureAwait(false);
            var md5 = DataFile.Md5OfFile(part);
            if (md5 != file.Md5)
            {
                FileGuard.Run("remove", path, () => File.Delete(part), part);
                return ($"its MD5 is {md5}, not {file.Md5}", resumed); // an old part may be to blame; a whole wrong file stays wrong
            }

            FileGuard.Run("write", path, () => File.Move(part, path, overwrite: true), part);
            Report(path, FetchState.Fetched);
            return (null, false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            return (e.GetBaseException().Message.TrimEnd('.'), MayPass(e));
        }
    }

    private static bool MayPass(Exception e) => (e as HttpRequestException)?.StatusCode is not { } status
        || (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    private void Report(string path, FetchState state)
    {
        var bytes = new FileInfo(path).Length;
        progress?.Report(new FetchProgress(path, bytes, bytes, state));
    }
}

/// <summary>How far the fetching of a file is.</summary>
/// <param name="Path">Where the file goes.</param>
/// <param name="Bytes">Bytes that are there.</param>
/// <param name="Total">Bytes of the whole file; null where the server does not say.</param>
/// <param name="State">What happened.</param>
public readonly record struct FetchProgress(string Path, long Bytes, long? Total, FetchState State);

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
