using System.Text;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using static TorchSharp.torch;

namespace SoftPerm.Cli;

/// <summary>Where the results of <c>softperm apply</c> go: one JSON object on the output, or a file and a line that names it.</summary>
internal sealed class ApplyOutput
{
    private readonly string? path;
    private readonly TextWriter output;
    private readonly TextWriter error;

    /// <summary>Checks the file's name before anything is computed.</summary>
    /// <exception cref="UserErrorException">The file has another ending than .json or .npz, or its folder does not exist.</exception>
    public ApplyOutput(string? path, TextWriter output, TextWriter error)
    {
        (this.path, this.output, this.error) = (path, output, error);
        if (path is null) return;
        if (Path.GetExtension(path) is not (".json" or ".npz"))
            throw new UserErrorException($"--out {path} ends in '{Path.GetExtension(path)}'; allowed are .json and .npz.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserErrorException($"--out {path}: the folder {folder} does not exist.");
    }

    /// <summary>Writes the results.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Write(IReadOnlyDictionary<string, Tensor> results)
    {
        if (path is null)
        {
            TensorJson.Write(output, results);
            output.WriteLine();
            return;
        }

        FileGuard.Run("write --out", path, () =>
        {
            if (Path.GetExtension(path) == ".npz") Npz.Write(path, results.ToDictionary(r => r.Key, r => r.Value.detach()));
            else AtomicFile.Write(path, stream => WriteJson(stream, results));
        });
        error.WriteLine($"{path}: {string.Join(", ", results.Select(r => $"{r.Key} {NdArray.Text(r.Value.shape)}"))}");
    }

    private static void WriteJson(Stream stream, IReadOnlyDictionary<string, Tensor> results)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        TensorJson.Write(writer, results);
        writer.WriteLine();
    }
}
