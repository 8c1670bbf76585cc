using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class TerminalColoursTests
{
    [Theory]
    [InlineData(false, null, "xterm", true)]
    [InlineData(false, "", null, true)]
    [InlineData(false, "1", "xterm", false)]
    [InlineData(false, null, "dumb", false)]
    [InlineData(true, null, "xterm", false)]
    public void Colours_are_for_terminals_that_show_them_and_people_who_want_them(bool redirected, string? noColour, string? terminal, bool expected) =>
        Assert.Equal(expected, TerminalColours.Wanted(redirected, name => name == "NO_COLOR" ? noColour : name == "TERM" ? terminal : null));
}
