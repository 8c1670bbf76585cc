using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPerm.Training.IO;

/// <summary>Records as indented JSON files that people read, edit and compare.</summary>
public static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the file is never embedded in a page
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a diverged run has a NaN loss
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes a record, whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Write<T>(string path, T value)
    {
        var text = Text(value);
        FileGuard.Run("write", path, () => AtomicFile.WriteAllText(path, text));
    }

    /// <summary>The content of the file that <see cref="Write"/> makes.</summary>
    public static string Text<T>(T value) => $"{JsonSerializer.Serialize(value, Options)}\n";

    /// <summary>Reads a record.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is not what <typeparamref name="T"/> expects.</exception>
    public static T Read<T>(string path)
    {
        var text = FileGuard.Get("read", path, () => File.ReadAllText(path));
        try
        {
            return JsonSerializer.Deserialize<T>(text, Options) ?? throw new UserErrorException($"'{path}' holds null; {typeof(T).Name} is expected.");
        }
        catch (JsonException e)
        {
            throw new UserErrorException($"'{path}' is not a valid {typeof(T).Name}: {e.Message}", e);
        }
    }
}
