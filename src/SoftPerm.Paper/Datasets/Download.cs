using System.Net;
using System.Net.Http.Headers;
using SoftPerm.Training;
using SoftPerm.Training.IO;

namespace SoftPerm.Paper.Datasets;

/// <summary>One attempt to bring what an address holds into a file, going on from what the file holds already.</summary>
/// <param name="client">Sends the request.</param>
/// <param name="patience">How long the server may be silent.</param>
internal sealed class Download(HttpClient client, TimeSpan patience)
{
    private const int BufferSize = 1 << 16;

    /// <summary>The name of a file that is not whole yet.</summary>
    public static string PartOf(string path) => path + ".part";

    /// <summary>Makes the attempt. What has come stays in the file when it fails.</summary>
    /// <param name="address">Where the bytes are.</param>
    /// <param name="path">The file's name once it is whole; until then it has that of <see cref="PartOf"/>.</param>
    /// <param name="progress">Told the bytes in the file, and those of the whole where the server says.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Whether bytes of an earlier attempt are in the file.</returns>
    /// <exception cref="HttpRequestException">The server is out of reach or refuses.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">The server fell silent.</exception>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public async Task<bool> ContinueAsync(Uri address, string path, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var part = PartOf(path);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(patience);
        try
        {
            using var file = FileGuard.Get("write", path, () => new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None), part);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (file.Length > 0) request.Headers.Range = new RangeHeaderValue(file.Length, null);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (file.Length > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return true; // nothing is missing: the checksum will tell
            response.EnsureSuccessStatusCode();
            var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length;
            if (!resumed) FileGuard.Run("write", path, () => file.SetLength(0), part);
            if (!resumed && response.StatusCode == HttpStatusCode.PartialContent) throw new HttpRequestException("the server sent another range than was asked for");
            file.Seek(0, SeekOrigin.End);
            var total = file.Length + response.Content.Headers.ContentLength;
            using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            var buffer = new byte[BufferSize];
            while (await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false) is > 0 and var count)
            {
                FileGuard.Run("write", path, () => file.Write(buffer, 0, count), part);
                progress(file.Position, total);
                silence.CancelAfter(patience);
            }

            FileGuard.Run("write", path, () => file.Flush(flushToDisk: true), part);
            return resumed;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the server fell silent", e);
        }
    }
}
