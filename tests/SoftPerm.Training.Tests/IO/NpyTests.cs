using System.Runtime.InteropServices;
using System.Text;
using SoftPerm.TestKit;
using SoftPerm.Training.IO;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Training.Tests.IO;

public sealed class NpyTests : IDisposable
{
    private static readonly ArrayFile Files = new(() => Stream.Null);

    private readonly TemporaryFolder folder = new();

    // The bytes numpy.save wrote for np.array([[1, -2, 3], [4, 5, 6]], dtype='<f4'), in C order and in Fortran order.
    private const string Rows = "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAwAAAQEAAAIBAAACgQAAAwEA=";

    [Fact]
    public void An_array_saved_by_numpy_is_read()
    {
        var array = Files.Read(folder.Bytes("a.npy", Convert.FromBase64String(Rows)));
        Assert.Equal([1, -2, 3, 4, 5, 6], array.Data);
        Assert.Equal([2, 3], array.Shape);
    }

    [Fact]
    public void What_is_written_is_byte_for_byte_what_numpy_writes()
    {
        using var values = tensor(new float[] { 1, -2, 3, 4, 5, 6 }, 2, 3);
        Assert.Equal(Rows, Convert.ToBase64String(Written(values)));
    }

    [Theory]
    [InlineData("<f8", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F }, 1.5)]
    [InlineData(">f8", new byte[] { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0 }, 1.5)]
    [InlineData("<f4", new byte[] { 0, 0, 0xC0, 0x3F }, 1.5)]
    [InlineData(">f4", new byte[] { 0x3F, 0xC0, 0, 0 }, 1.5)]
    [InlineData("<i4", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF }, -2)]
    [InlineData(">i4", new byte[] { 0xFF, 0xFF, 0xFF, 0xFE }, -2)]
    [InlineData("<i8", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, -2)]
    [InlineData(">i8", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }, -2)]
    [InlineData("|b1", new byte[] { 1 }, 1)]
    [InlineData("|u1", new byte[] { 0xFF }, 255)]
    [InlineData("|i1", new byte[] { 0xFE }, -2)]
    [InlineData("<i2", new byte[] { 0xFE, 0xFF }, -2)]
    [InlineData(">i2", new byte[] { 0xFF, 0xFE }, -2)]
    [InlineData("<u2", new byte[] { 0xFE, 0xFF }, 65534)]
    [InlineData(">u2", new byte[] { 0xFF, 0xFE }, 65534)]
    [InlineData("<u4", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF }, 4294967294)]
    [InlineData(">u4", new byte[] { 0xFF, 0xFF, 0xFF, 0xFE }, 4294967294)]
    [InlineData("<u8", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 9223372036854775808)]
    [InlineData(">u8", new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0 }, 9223372036854775808)]
    [InlineData("<f2", new byte[] { 0x66, 0x2E }, 0.0999755859375)] // numpy.float16(0.1)
    [InlineData(">f2", new byte[] { 0xFC, 0x00 }, double.NegativeInfinity)]
    [InlineData("<f2", new byte[] { 0x01, 0x00 }, 5.9604644775390625e-08)] // the smallest
    public void Every_element_type_is_decoded(string descriptor, byte[] element, double expected)
    {
        for (var version = 1; version <= 3; version++)
        {
            var array = Npy(descriptor, "()", element, version: version);
            Assert.Equal([expected], array.Data);
            Assert.Empty(array.Shape);
        }
    }

    [Theory]
    [InlineData("<i8", new byte[] { 1, 0, 0, 0, 0, 0, 0x20, 0 }, "9007199254740993")]
    [InlineData("<i8", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, "9223372036854775807")]
    [InlineData(">u8", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, "18446744073709551615")]
    public void An_integer_that_would_be_rounded_is_refused(string descriptor, byte[] element, string number) =>
        Refused(Bytes(descriptor, "()", element, 1, fortran: false), $"{number} has more digits than float64 keeps");

    [Fact]
    public void Fortran_order_becomes_row_major_order()
    {
        // numpy: np.asfortranarray(np.arange(24, dtype='u1').reshape(2, 3, 4)).tobytes('A')
        byte[] columns = [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23];
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (double)i), Npy("|u1", "(2, 3, 4)", columns, fortran: true).Data);
    }

    [Fact]
    public void Arrays_without_elements_keep_their_shape() => Assert.Equal([0, 3], Npy("<f8", "(0, 3)", []).Shape);

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(100)]
    [InlineData(151)]
    public void A_truncated_file_is_refused_wherever_it_ends(int length)
    {
        var bytes = Convert.FromBase64String(Rows)[..length];
        Refused(bytes, length switch { 0 => "empty", 9 => "no .npy file", < 128 => "cut off within its header", _ => "takes 24 bytes after the header, and there are 23" });
    }

    [Fact]
    public void Bytes_after_the_array_are_refused() => Refused([.. Convert.FromBase64String(Rows), 0], "too long");

    [Theory]
    [InlineData("<f8", "(4611686018427387904, 4611686018427387904)", "more than")]
    [InlineData("<f8", "(99999999999999999999,)", "an axis of length '99999999999999999999'")]
    [InlineData("<f8", "(-1,)", "an axis of length '-1'")]
    [InlineData("<f8", "(2000000000,)", "takes 16000000000 bytes")]
    [InlineData("<c16", "(1,)", "the element type is '<c16' (complex128); allowed are float16, float32, float64, int8 to int64, uint8 to uint64 and bool")]
    [InlineData("|O", "(1,)", "the element type is '|O' (objects)")]
    [InlineData("<U5", "(1,)", "the element type is '<U5' (text)")]
    [InlineData("<M8[ns]", "(1,)", "the element type is '<M8[ns]' (dates or times)")]
    [InlineData("<f16", "(1,)", "the element type is '<f16' (longdouble)")]
    public void An_absurd_header_is_refused(string descriptor, string shape, string expected) =>
        Refused(Bytes(descriptor, shape, [], 1, fortran: false), expected);

    [Fact]
    public void A_header_that_claims_gigabytes_or_another_version_is_refused()
    {
        Refused([0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[100]], "the header claims 4294967295 bytes");
        Refused([0x93, .. "NUMPY"u8, 9, 0, 0, 0, 0, 0], "version 9.0 is not known");
        Refused([0x93, .. "NUMPY"u8, 1, 0, 4, 0, .. "{}  "u8], "lacks 'descr'");
        Refused([0x93, .. "NUMPY"u8, 1, 0, 74, 0, .. "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }        "u8], "records of several fields");
        Refused([.. "PK not numpy at all"u8], "no .npy file");
    }

    [Fact]
    public void An_archive_of_arrays_comes_back_as_written()
    {
        using var scope = NewDisposeScope();
        var arrays = new Dictionary<string, Tensor>
        {
            ["order"] = tensor(new long[] { 2, 0, 1 }),
            ["transposed"] = Indices(6, float64).reshape(2, 3).t(),
            ["nothing"] = zeros(0, 2),
            ["number"] = tensor(2.5f),
            ["flags"] = tensor(new[] { true, false }),
        };
        Npz.Write(folder.At("a.npz"), arrays);
        var found = Npz.Read(folder.At("a.npz"));
        Assert.Equal(arrays.Keys, found.Keys);
        foreach (var (name, written) in arrays)
        {
            Assert.Equal(written.shape, found[name].Shape);
            Assert.Equal(written.to(float64).contiguous().bytes.ToArray(), MemoryMarshal.AsBytes<double>(found[name].Data).ToArray());
        }
    }

    [Fact]
    public void A_damaged_archive_is_refused()
    {
        Assert.Contains("a.npz", Assert.Throws<UserErrorException>(() => Npz.Read(folder.Bytes("a.npz", [1, 2, 3]))).Message, StringComparison.Ordinal);
        using var values = ones(3);
        Npz.Write(folder.At("b.npz"), new Dictionary<string, Tensor> { ["x"] = values });
        var bytes = File.ReadAllBytes(folder.At("b.npz"));
        bytes[bytes.AsSpan().IndexOf("NUMPY"u8)] = (byte)'X';
        Assert.Contains("'x.npy': this is no .npy file", Assert.Throws<UserErrorException>(() => Npz.Read(folder.Bytes("b.npz", bytes))).Message, StringComparison.Ordinal);
    }

    private static byte[] Written(Tensor values)
    {
        using var stream = new MemoryStream();
        SoftPerm.Training.IO.Npy.Write(stream, values);
        return stream.ToArray();
    }

    private NdArray Npy(string descriptor, string shape, byte[] data, int version = 1, bool fortran = false) =>
        Files.Read(folder.Bytes("a.npy", Bytes(descriptor, shape, data, version, fortran)));

    private static byte[] Bytes(string descriptor, string shape, byte[] data, int version, bool fortran)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{descriptor}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        byte[] length = version == 1 ? [(byte)header.Length, 0] : [(byte)header.Length, 0, 0, 0];
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. header, .. data];
    }

    private void Refused(byte[] bytes, string expected)
    {
        var message = Assert.Throws<UserErrorException>(() => Files.Read(folder.Bytes("a.npy", bytes))).Message;
        Assert.StartsWith(folder.At("a.npy"), message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
