using System.Buffers.Binary;
using System.Text;

namespace SoftPerm.Native;

/// <summary>Makes one symbol-version requirement of a 64-bit little-endian ELF library weak, in memory.</summary>
/// <remarks>
/// A library lists the symbol versions it needs in <c>.gnu.version_r</c>. The dynamic linker refuses to load it when one is
/// missing, unless the entry carries <c>VER_FLG_WEAK</c>. Delete this file when TorchSharp builds against an older runtime.
/// </remarks>
internal static class WeakSymbolVersion
{
    private const uint SectionVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2;                       // VER_FLG_WEAK

    /// <summary>Marks every requirement named <paramref name="version"/> as weak; does nothing where there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a 64-bit little-endian ELF file.</exception>
    public static void Apply(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        var sections = (int)U64(elf, 0x28);
        int size = U16(elf, 0x3A), count = U16(elf, 0x3C);
        for (var k = 0; k < count; k++)
        {
            var section = elf.Slice(sections + k * size, size);
            if (U32(section, 4) != SectionVersionNeeds) continue;
            var strings = elf.Slice(sections + (int)U32(section, 40) * size, size);
            MarkWeak(elf, (int)U64(section, 24), (int)U32(section, 44), (int)U64(strings, 24), Encoding.ASCII.GetBytes(version));
        }
    }

    private static void MarkWeak(Span<byte> elf, int need, int needs, int strings, ReadOnlySpan<byte> version)
    {
        for (var k = 0; k < needs; k++)
        {
            var entry = need + (int)U32(elf, need + 8);
            for (int e = 0, entries = U16(elf, need + 2); e < entries; e++)
            {
                var name = elf[(strings + (int)U32(elf, entry + 8))..];
                if (name[..name.IndexOf((byte)0)].SequenceEqual(version))
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(entry + 4)..], (ushort)(U16(elf, entry + 4) | Weak));
                entry += (int)U32(elf, entry + 12);
            }

            need += (int)U32(elf, need + 12);
        }
    }

    private static ushort U16(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b[at..]);

    private static uint U32(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b[at..]);

    private static ulong U64(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt64LittleEndian(b[at..]);
}
