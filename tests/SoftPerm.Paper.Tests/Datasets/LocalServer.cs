using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SoftPerm.Paper.Tests.Datasets;

/// <summary>A web server on this machine that can misbehave.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ManualResetEventSlim stopped = new();
    private readonly Func<Request, Reply> answer;
    private readonly Task serving;

    public LocalServer(Func<Request, Reply> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    /// <summary>A request: number from 1, path, and the byte it asks to go on from.</summary>
    public sealed record Request(int Number, string Path, int? From);

    /// <summary>A reply; with Sent below the body's length, the connection is then cut or, if Silent, left open with nothing more.</summary>
    public sealed record Reply(int Status, byte[] Body, string Range = "", int? Sent = null, bool Silent = false);

    public ConcurrentQueue<Request> Requests { get; } = [];

    public Uri Address(string folder) => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{folder}/");

    /// <summary>The rest of a file, as an honest server sends it.</summary>
    public static Reply Whole(byte[] file, int? from, int? sent = null) => from switch
    {
        null => new Reply(200, file, Sent: sent),
        _ when from >= file.Length => new Reply(416, [], $"bytes */{file.Length}"),
        _ => new Reply(206, file[from.Value..], $"bytes {from}-{file.Length - 1}/{file.Length}", sent),
    };

    public void Dispose()
    {
        stopped.Set();
        listener.Stop();
        serving.Wait(TimeSpan.FromSeconds(10));
        stopped.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (!stopped.IsSet)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                await AnswerAsync(connection.GetStream());
            }
        }
        catch (Exception e) when (stopped.IsSet && e is SocketException or InvalidOperationException)
        {
            // the listener is closed: the test is over
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync())!.Split(' ')[1];
        int? from = null;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            if (line.StartsWith("Range: bytes=", StringComparison.Ordinal)) from = int.Parse(line[13..].TrimEnd('-'), CultureInfo.InvariantCulture);
        var request = new Request(Requests.Count + 1, path, from);
        Requests.Enqueue(request);
        var reply = answer(request);
        var range = reply.Range == "" ? "" : $"Content-Range: {reply.Range}\r\n";
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {reply.Status} Reply\r\nContent-Length: {reply.Body.Length}\r\n{range}Connection: close\r\n\r\n"));
            await stream.WriteAsync(reply.Body.AsMemory(0, reply.Sent ?? reply.Body.Length));
        }
        catch (IOException)
        {
            return; // the client went away, as some tests want it to
        }

        if (reply.Silent) stopped.Wait();
    }
}
