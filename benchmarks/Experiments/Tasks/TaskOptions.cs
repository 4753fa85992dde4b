using System.CommandLine;

namespace NlpPretrain.Experiments;

/// <summary>The options of the suites of tasks; the tasks are those of a decoder, which tags no words and finds no spans.</summary>
internal static class TaskOptions
{
    public static readonly string[] AllTasks = ["sst2", "rte", "mrpc", "stsb", "copa"];

    public static Option<string[]> Tasks { get; } = OptionOf.Words("--tasks", "The tasks", AllTasks);

    public static Option<string> Form { get; } = OptionOf.Word("--form", "The texts as WikiText-2 writes them, or as they are", "wikitext", "raw");

    public static ArgumentException Unknown(string task, string[] tasks) => new($"There is no task '{task}'; there are {string.Join(", ", tasks)} (--tasks).");
}

/// <summary>Options that overrule another for one task, as <c>--rate-sst2</c> does <c>--rate</c>. The help names them in the other's description only.</summary>
internal sealed class TaskOptions<T>
{
    private readonly Dictionary<string, Option<T>> _options;

    /// <param name="command">What the options are added to.</param>
    /// <param name="name">The name of the option for all tasks.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="create">Makes an option without a default from its name.</param>
    public TaskOptions(Command command, string name, string[] tasks, Func<string, Option<T>> create)
    {
        _options = tasks.ToDictionary(task => task, task => create($"{name}-{task}"));
        foreach (Option<T> option in _options.Values)
        {
            option.Hidden = true;
            command.Options.Add(option);
        }
    }

    /// <summary>What was given for a task.</summary>
    public T? Of(ParseResult options, string task) => options.GetValue(_options[task]);
}
