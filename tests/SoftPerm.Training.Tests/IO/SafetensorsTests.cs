using System.Buffers.Binary;
using System.Text;
using SoftPerm.TestKit;
using SoftPerm.Training.IO;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Training.Tests.IO;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Every_element_type_and_layout_comes_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0, 1, -2.5, 1e-3, double.NaN, double.PositiveInfinity }, 2, 3);
        var tensors = new Dictionary<string, Tensor>
        {
            ["f64"] = values,
            ["f32, transposed"] = values.to(float32).t(),
            ["f16"] = values.to(float16),
            ["bf16"] = values.to(bfloat16),
            ["i64"] = tensor(new[] { long.MinValue, 3, long.MaxValue }),
            ["i32"] = tensor(new[] { int.MinValue, 3 }),
            ["u8"] = tensor(new byte[] { 0, 255, 7 }),
            ["bool, every second"] = tensor(new[] { true, false, false, true })[TensorIndex.Slice(0, 4, 2)],
            ["a number"] = tensor(4.0),
            ["nothing"] = zeros(3, 0),
            ["with gradient"] = ones(70_000).requires_grad_(),
        };
        Safetensors.Write(folder.At("a.safetensors"), tensors);
        var found = Safetensors.Read(folder.At("a.safetensors"));
        Assert.Equal(tensors.Keys.Order(), found.Keys.Order());
        foreach (var (name, written) in tensors)
        {
            Assert.Equal(written.dtype, found[name].dtype);
            Assert.Equal(written.shape, found[name].shape);
            Assert.Equal(written.detach().contiguous().bytes.ToArray(), found[name].bytes.ToArray());
        }
    }

    [Fact]
    public void The_file_is_laid_out_as_the_format_says()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["b"] = tensor(new byte[] { 7 }), ["a"] = tensor(new[] { 1.5f, -1f }) };
        Safetensors.Write(folder.At("a.safetensors"), tensors, new Dictionary<string, string> { ["step"] = "12" });
        var bytes = File.ReadAllBytes(folder.At("a.safetensors"));
        var header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, header % 8);
        Assert.Equal(
            """{"__metadata__":{"step":"12"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""",
            Encoding.UTF8.GetString(bytes, 8, header).TrimEnd(' '));
        Assert.Equal([0, 0, 0xC0, 0x3F, 0, 0, 0x80, 0xBF, 7], bytes[(8 + header)..]);
        Assert.Equal("12", Safetensors.ReadMetadata(folder.At("a.safetensors"))["step"]);
    }

    [Fact]
    public void Tensors_belong_to_the_callers_scope_and_none_is_left_over()
    {
        using (NewDisposeScope()) Safetensors.Write(folder.At("a.safetensors"), new Dictionary<string, Tensor> { ["x"] = ones(4).t() });
        using (var scope = NewDisposeScope())
        {
            Assert.Equal(4, Safetensors.Read(folder.At("a.safetensors"))["x"].sum().item<float>());
            Assert.Equal(2, scope.DisposablesCount); // the tensor and its sum
        }

        File.WriteAllBytes(folder.At("a.safetensors"), File.ReadAllBytes(folder.At("a.safetensors"))[..^1]);
        using (var scope = NewDisposeScope())
        {
            Assert.Throws<UserErrorException>(() => Safetensors.Read(folder.At("a.safetensors")));
            Assert.Equal(0, scope.DisposablesCount);
        }
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "'x' ends at byte 8 of the data, and the file holds 7")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes after tensor 'x' belong to no tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes, and its data_offsets [0, 8] span 8")]
    [InlineData("""{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "'y' begins at byte 2 of the data and overlaps tensor 'x'")]
    [InlineData("""{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""", 4, "2 bytes between tensor 'x' and tensor 'y'")]
    [InlineData("""{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "dtype 'C64'; allowed are F64")]
    [InlineData("""{"x":{"shape":[1],"data_offsets":[0,8]}}""", 8, "dtype ''")]
    [InlineData("""{"x":{"dtype":"U8","shape":[-1],"data_offsets":[0,8]}}""", 8, "'-1' in shape")]
    [InlineData("""{"x":{"dtype":"U8","shape":[1.5],"data_offsets":[0,8]}}""", 8, "'1.5' in shape")]
    [InlineData("""{"x":{"dtype":"U8","shape":8,"data_offsets":[0,8]}}""", 8, "no list shape")]
    [InlineData("""{"x":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}""", 8, "[begin, end] with begin")]
    [InlineData("""{"x":{"dtype":"U8","shape":[8],"data_offsets":[0]}}""", 8, "[begin, end] with begin")]
    [InlineData("""{"x":{"dtype":"F64","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "more than")]
    [InlineData("""{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not valid JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__ must be an object of strings")]
    [InlineData("""{"x":3}""", 0, "'x' is not described by an object")]
    [InlineData("""[1]""", 0, "the header is not a JSON object")]
    [InlineData("""{"x":""", 0, "the header is not valid JSON")]
    public void A_false_claim_of_the_header_is_named(string header, int dataBytes, string expected)
    {
        var text = Encoding.UTF8.GetBytes(header);
        Refused([.. Length((ulong)text.Length), .. text, .. new byte[dataBytes]], expected);
    }

    [Fact]
    public void Truncated_files_and_absurd_header_lengths_are_refused()
    {
        Refused([], "the file is empty");
        Refused([1, 0, 0], "cut off: 3 bytes");
        Refused([.. Length(50), .. "{}"u8], "claims 50 bytes, and the file ends after 2");
        Refused([.. Length(ulong.MaxValue), .. "{}"u8], "claims 18446744073709551615 bytes; at most 100000000");
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => Safetensors.Read(folder.At("absent"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_before_anything_is_written()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder.At("a"), new Dictionary<string, Tensor> { ["x"] = zeros(1, dtype: complex64) }));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder.At("a"), new Dictionary<string, Tensor> { ["__metadata__"] = zeros(1) }));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static byte[] Length(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }

    private void Refused(byte[] bytes, string expected)
    {
        var message = Assert.Throws<UserErrorException>(() => Safetensors.Read(folder.Bytes("a.safetensors", bytes))).Message;
        Assert.StartsWith(folder.At("a.safetensors"), message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
