using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Studies;

/// <summary>What a study leaves on disk: result.json, written anew after each row, then table.md and pictures.</summary>
internal sealed class StudyFolder<TConfig, TRow>
{
    private const string ResultName = "result.json";
    private readonly string path;
    private StudyRecord<TConfig, TRow> record;
    private bool hasMeasured;

    /// <summary>Opens a folder for a study, with the rows that an earlier start left there.</summary>
    /// <exception cref="UserErrorException">It holds a study with other settings, or cannot be written to.</exception>
    public StudyFolder(string path, TConfig config)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UserErrorException("The study's folder has an empty name; name a folder.");
        this.path = Path.GetFullPath(path);
        record = new StudyRecord<TConfig, TRow>([], config, []);
        if (!File.Exists(At(ResultName)))
        {
            FileGuard.Run("make the folder", path, () => Directory.CreateDirectory(this.path));
            return;
        }

        record = JsonFile.Read<StudyRecord<TConfig, TRow>>(At(ResultName));
        if (JsonFile.Text(record.Config) != JsonFile.Text(config))
            throw new UserErrorException($"'{path}' already holds a study with other settings (see its {ResultName}); give the same settings to continue it, or name another folder.");
    }

    /// <summary>The rows measured so far.</summary>
    public IReadOnlyList<TRow> Rows => record.Rows;

    /// <summary>Adds a row, and has it on the disk before it returns.</summary>
    public void Append(TRow row)
    {
        var environments = hasMeasured ? record.Environments : [.. record.Environments, RunEnvironment.Capture()];
        record = record with { Environments = environments, Rows = [.. record.Rows, row] };
        JsonFile.Write(At(ResultName), record);
        hasMeasured = true;
    }

    /// <summary>Writes a text file, whole or not at all.</summary>
    public void WriteText(string name, string text) => FileGuard.Run("write", At(name), () => AtomicFile.WriteAllText(At(name), text));

    /// <summary>The path of a file in the folder.</summary>
    public string At(string name) => Path.Join(path, name);
}
