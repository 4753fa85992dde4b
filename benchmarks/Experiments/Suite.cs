using System.CommandLine;

namespace NlpPretrain.Experiments;

/// <summary>One experiment, a subcommand. Its constructor adds its options; <see cref="RunAsync"/> reads them.</summary>
internal abstract class Suite : Command
{
    protected Suite(string name, string description) : base(name, description) => SetAction(RunAsync);

    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ParseResult options, CancellationToken cancellationToken);

    /// <summary>Adds an option and returns it, for a field.</summary>
    protected TOption Add<TOption>(TOption option) where TOption : Option
    {
        Options.Add(option);
        return option;
    }
}
