using System.CommandLine;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm completion SHELL</c>: prints what makes a shell complete commands, options and names.</summary>
/// <remarks>The scripts ask the tool itself, by the directive <c>[suggest]</c> of System.CommandLine; where it has nothing to say, the shell completes file names.</remarks>
internal sealed class CompletionCommand : Command
{
    private static readonly OrderedDictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _softperm() {
                local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]}
                line=${line#*[[:space:]]}
                COMPREPLY=($(compgen -W "$("$1" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
            }
            complete -o bashdefault -o default -F _softperm softperm
            """,
        ["zsh"] = """
            #compdef softperm
            _softperm() {
                local line="${words[2,CURRENT]}"
                local -a found=(${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"})
                if (( ${#found} )); then compadd -- "${found[@]}"; else _files; fi
            }
            compdef _softperm softperm
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName softperm -ScriptBlock {
                param($word, $command, $position)
                $line = $command.ToString().PadRight($position).Substring(0, $position) -replace '^\S+\s', ''
                & softperm "[suggest:$($line.Length)]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    private readonly Argument<string> shell = new("SHELL") { Description = $"One of {string.Join(", ", Scripts.Keys)}." };

    /// <summary>Builds the command.</summary>
    public CompletionCommand() : base("completion", "Print a script that completes commands, options and names in a shell.")
    {
        shell.CompletionSources.Add([.. Scripts.Keys]);
        Add(shell);
        SetAction(Run);
        this.WithNotes(
            "bash: add to ~/.bashrc            eval \"$(softperm completion bash)\"",
            "zsh:  add to ~/.zshrc, after compinit   eval \"$(softperm completion zsh)\"",
            "pwsh: add to $PROFILE             softperm completion pwsh | Out-String | Invoke-Expression");
        this.WithExamples("softperm completion bash");
    }

    private int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(shell);
        if (!Scripts.TryGetValue(name, out var script)) throw new UserErrorException($"There is no script for '{name}'; choose one of: {string.Join(", ", Scripts.Keys)}.");
        parsed.InvocationConfiguration.Output.WriteLine(script);
        return 0;
    }
}
