using System.Buffers.Binary;
using System.Text;
using SoftPerm.Interop;
using Xunit;

namespace SoftPerm.Tests.Interop;

public sealed class WeakSymbolVersionTests
{
    private const string Wanted = "GLIBCXX_3.4.32";

    [Fact]
    public void Only_the_named_requirement_becomes_weak()
    {
        var elf = SmallElf.Create(("libc.so.6", ["GLIBC_2.34"]), ("libstdc++.so.6", ["GLIBCXX_3.4.3", Wanted, "GLIBCXX_3.4.30"]));
        var before = elf.ToArray();
        Assert.True(WeakSymbolVersion.Apply(elf, Wanted));
        var changed = Enumerable.Range(0, elf.Length).Where(k => elf[k] != before[k]).ToArray();
        var flags = SmallElf.FlagsOf(elf, library: 1, version: 1);
        Assert.Equal([flags], changed);
        Assert.Equal(2, elf[flags]);
    }

    [Fact]
    public void Requirement_of_every_library_becomes_weak_and_a_second_time_changes_nothing()
    {
        var elf = SmallElf.Create(("libfirst.so", [Wanted]), ("libsecond.so", [Wanted]));
        Assert.True(WeakSymbolVersion.Apply(elf, Wanted));
        Assert.Equal((2, 2), (elf[SmallElf.FlagsOf(elf, 0, 0)], elf[SmallElf.FlagsOf(elf, 1, 0)]));
        var once = elf.ToArray();
        Assert.True(WeakSymbolVersion.Apply(elf, Wanted));
        Assert.Equal(once, elf);
    }

    [Fact]
    public void Library_without_the_requirement_stays_as_it_is()
    {
        var elf = SmallElf.Create(("libstdc++.so.6", ["GLIBCXX_3.4.3"]));
        var before = elf.ToArray();
        Assert.False(WeakSymbolVersion.Apply(elf, Wanted));
        Assert.Equal(before, elf);
    }

    [Theory]
    [InlineData(""), InlineData("MZ"), InlineData("\u007fELF"), InlineData("\u007fELF\u0001\u0001"), InlineData("\u007fELF\u0002\u0002")]
    public void Other_files_are_refused(string start) // nothing, Windows, cut short, 32 bits, big-endian
    {
        var bytes = new byte[start.Length < 5 ? start.Length : 4096];
        Encoding.ASCII.GetBytes(start, bytes);
        Assert.Throws<InvalidDataException>(() => WeakSymbolVersion.Apply(bytes, Wanted));
    }

    [Fact]
    public void Library_cut_short_anywhere_or_with_a_damaged_byte_is_refused_or_read_but_never_crashes()
    {
        var whole = SmallElf.Create(("libstdc++.so.6", [Wanted, "GLIBCXX_3.4.3"]));
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<InvalidDataException>(() => WeakSymbolVersion.Apply(cut, Wanted));
        }

        for (var k = 0; k < whole.Length; k++)
        {
            var damaged = whole.ToArray();
            damaged[k] = 0xFF;
            var error = Record.Exception(() => WeakSymbolVersion.Apply(damaged, Wanted));
            Assert.True(error is null or InvalidDataException, $"byte {k}: {error}");
        }
    }

    /// <summary>An ELF file of a header, version requirements, their strings and, last, the section table.</summary>
    private static class SmallElf
    {
        private const int Needs = 64; // right behind the header

        public static byte[] Create(params (string Library, string[] Versions)[] libraries)
        {
            var strings = new MemoryStream();
            strings.WriteByte(0);
            var needs = libraries.SelectMany((l, k) => Need(l.Library, l.Versions, last: k == libraries.Length - 1, strings)).ToArray();
            var table = Needs + needs.Length + (int)strings.Length;
            return
            [
                .. Header(table, sections: 3), .. needs, .. strings.ToArray(),
                .. Section(type: 0, offset: 0), .. Section(type: 0x6ffffffe, offset: Needs, link: 2), .. Section(type: 3, offset: Needs + needs.Length),
            ];
        }

        /// <summary>Where the flags of one requirement lie.</summary>
        public static int FlagsOf(byte[] elf, int library, int version)
        {
            var need = Needs;
            for (var k = 0; k < library; k++) need += BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(need + 12));
            return need + 16 + 16 * version + 4;
        }

        private static byte[] Header(int table, ushort sections)
        {
            var header = new byte[64];
            "\u007fELF\u0002\u0001\u0001"u8.CopyTo(header);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x28), table);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x3A), 64);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x3C), sections);
            return header;
        }

        private static byte[] Section(uint type, long offset, uint link = 0)
        {
            var section = new byte[64];
            BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(4), type);
            BinaryPrimitives.WriteInt64LittleEndian(section.AsSpan(24), offset);
            BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(40), link);
            return section;
        }

        private static byte[] Need(string library, string[] versions, bool last, MemoryStream strings)
        {
            var need = new byte[16 * (1 + versions.Length)];
            BinaryPrimitives.WriteUInt16LittleEndian(need, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(need.AsSpan(2), (ushort)versions.Length);
            BinaryPrimitives.WriteInt32LittleEndian(need.AsSpan(4), Add(library, strings));
            BinaryPrimitives.WriteInt32LittleEndian(need.AsSpan(8), 16);
            BinaryPrimitives.WriteInt32LittleEndian(need.AsSpan(12), last ? 0 : need.Length);
            for (var k = 0; k < versions.Length; k++)
            {
                var entry = need.AsSpan(16 * (1 + k));
                BinaryPrimitives.WriteInt32LittleEndian(entry[8..], Add(versions[k], strings));
                BinaryPrimitives.WriteInt32LittleEndian(entry[12..], k == versions.Length - 1 ? 0 : 16);
            }

            return need;
        }

        private static int Add(string text, MemoryStream strings)
        {
            var at = (int)strings.Length;
            strings.Write(Encoding.ASCII.GetBytes(text + '\0'));
            return at;
        }
    }
}
