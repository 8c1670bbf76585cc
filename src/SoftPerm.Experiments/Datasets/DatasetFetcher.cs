using System.Net;

namespace SoftPerm.Experiments.Datasets;

/// <summary>Fetches public data sets: from one mirror after the other, with patience, and never half a file under its name.</summary>
/// <remarks>
/// A file arrives as <c>NAME.part</c>, which a later attempt or a later call goes on with, and takes its name only once its
/// checksum is the published one; with a wrong checksum it is removed. The archive of CIFAR-10 is unpacked beside itself.
/// </remarks>
/// <param name="client">Sends the requests.</param>
/// <param name="progress">Told how far each file is.</param>
public sealed class DatasetFetcher(HttpClient client, Action<FetchProgress>? progress = null)
{
    private const int AttemptsPerMirror = 4;

    /// <summary>Waits before another attempt.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Pause { get; init; } = Task.Delay;

    /// <summary>How long a server may be silent.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Fetches the files that are not there yet into <see cref="DataFolders.Target"/>.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="dataDirectory">A folder of data sets; null for <c>SOFTPERM_DATA</c>, then the user's cache.</param>
    /// <param name="stop">Stops; what has come is kept for the next call.</param>
    /// <exception cref="UserErrorException">A file cannot be fetched or written; the message names every mirror tried and why it failed.</exception>
    public async Task FetchAsync(PublishedDataset dataset, string? dataDirectory, CancellationToken stop = default)
    {
        var folder = DataFolders.Target(dataset, dataDirectory);
        DataFile.Guarded(folder, "made", () => Directory.CreateDirectory(folder));
        foreach (var file in dataset.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (File.Exists(path) && DataFile.Md5OfFile(path) == file.Md5) Report(path, FetchState.Kept);
            else await FetchFileAsync(dataset, file, path, stop).ConfigureAwait(false);
            if (dataset.Name == PublishedDataset.Cifar10.Name) CifarArchive.Unpack(path);
        }
    }

    private async Task FetchFileAsync(PublishedDataset dataset, PublishedFile file, string path, CancellationToken stop)
    {
        var failures = new List<string>();
        foreach (var mirror in dataset.Mirrors)
        {
            var address = new Uri(mirror, file.Name);
            if (await FailureAsync(address, file, path, stop).ConfigureAwait(false) is not { } failure) return;
            failures.Add($"{address}: {failure}");
        }

        throw new UserErrorException($"{file.Name} of {dataset.Name} cannot be fetched. Tried {string.Join("; ", failures)}.");
    }

    /// <summary>Tries one mirror, several times where that may help.</summary>
    /// <returns>Why it failed; null when the file is there.</returns>
    private async Task<string?> FailureAsync(Uri address, PublishedFile file, string path, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (failure, again) = await AttemptAsync(address, file, path, stop).ConfigureAwait(false);
            if (failure is null || !again) return failure;
            if (attempt == AttemptsPerMirror) return $"{failure} ({attempt} attempts)";
            await Pause(TimeSpan.FromSeconds(1 << (attempt - 1)), stop).ConfigureAwait(false);
        }
    }

    private async Task<(string? Failure, bool Again)> AttemptAsync(Uri address, PublishedFile file, string path, CancellationToken stop)
    {
        var part = Download.PartOf(path);
        try
        {
            var resumed = await new Download(client, Patience).ContinueAsync(
                address, path, (bytes, total) => progress?.Invoke(new FetchProgress(path, bytes, total, FetchState.Arriving)), stop).ConfigureAwait(false);
            var md5 = DataFile.Md5OfFile(part);
            if (md5 != file.Md5)
            {
                DataFile.Guarded(path, "removed", () => File.Delete(part), part);
                return ($"its MD5 is {md5}, not {file.Md5}", resumed); // an old part may be to blame; a whole wrong file stays wrong
            }

            DataFile.Guarded(path, "written", () => File.Move(part, path, overwrite: true), part);
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
        progress?.Invoke(new FetchProgress(path, bytes, bytes, state));
    }
}
