using System.Buffers.Binary;
using System.Text;

namespace SoftPerm.Interop;

/// <summary>Makes one symbol-version requirement of a 64-bit little-endian ELF library weak, in memory.</summary>
/// <remarks>
/// <para>A library lists the symbol versions it needs in <c>.gnu.version_r</c>. The dynamic linker refuses to load it when one is
/// missing, unless the entry carries <c>VER_FLG_WEAK</c>.</para>
/// <para><b>Until.</b> <see cref="LibTorch"/> goes: nothing else needs it.</para>
/// </remarks>
internal static class WeakSymbolVersion
{
    private const int HeaderSize = 64, SectionSize = 64, NeedSize = 16, EntrySize = 16;
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2;                // VER_FLG_WEAK

    /// <summary>Marks every requirement named <paramref name="version"/> as weak.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a 64-bit little-endian ELF file, or it is damaged.</exception>
    public static bool Apply(Span<byte> elf, string version)
    {
        if (elf.Length < HeaderSize || !elf[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        var found = false;
        uint count = U16(elf, 0x3C);
        for (uint k = 0; k < count; k++)
        {
            var section = Section(elf, k);
            if (U32(section, 4) != VersionNeeds) continue;
            var strings = Section(elf, U32(section, 40));
            found |= MarkWeak(elf, U64(section, 24), U64(strings, 24), Encoding.ASCII.GetBytes(version));
        }

        return found;
    }

    // Each library needed (Verneed) leads to its versions (Vernaux); a link of 0 ends a list, any other points forward.
    private static bool MarkWeak(Span<byte> elf, ulong need, ulong strings, ReadOnlySpan<byte> version)
    {
        var found = false;
        for (uint toNeed = 0; ; need += toNeed)
        {
            var library = At(elf, need, NeedSize);
            var at = need + U32(library, 8);
            for (uint toEntry = 0; ; at += toEntry)
            {
                var entry = At(elf, at, EntrySize);
                if (Name(elf, strings + U32(entry, 8)).SequenceEqual(version))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)(U16(entry, 4) | Weak));
                    found = true;
                }

                if ((toEntry = U32(entry, 12)) == 0) break;
            }

            if ((toNeed = U32(library, 12)) == 0) return found;
        }
    }

    private static Span<byte> Section(Span<byte> elf, uint index) => At(elf, U64(elf, 0x28) + (ulong)index * U16(elf, 0x3A), SectionSize);

    private static Span<byte> Name(Span<byte> elf, ulong offset)
    {
        if (offset > (ulong)elf.Length) throw Damaged();
        var rest = elf[(int)offset..];
        return rest.IndexOf((byte)0) is >= 0 and var end ? rest[..end] : throw Damaged();
    }

    private static Span<byte> At(Span<byte> elf, ulong offset, int length) =>
        offset <= (ulong)elf.Length && length <= elf.Length - (int)offset ? elf.Slice((int)offset, length) : throw Damaged();

    private static InvalidDataException Damaged() => new("The ELF library is damaged: an offset in it points outside the file.");

    private static ushort U16(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b[at..]);

    private static uint U32(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b[at..]);

    private static ulong U64(ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt64LittleEndian(b[at..]);
}
