using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace NlpPretrain.Testing;

/// <summary>Runs tests of this assembly in a child process, whose settings the runtime reads when it starts.</summary>
internal static class ChildProcess
{
    private const string CultureVariable = "LC_ALL", ExpectedCulture = "NLPPRETRAIN_TEST_CULTURE";

    /// <summary>Variables and values under which the same seed must give the same bits: instruction sets, the just-in-time compiler and cultures.</summary>
    public static TheoryData<string, string> Settings { get; } = new()
    {
        { "DOTNET_EnableAVX512", "0" },
        { "DOTNET_EnableAVX2", "0" },
        { "DOTNET_EnableHWIntrinsic", "0" },
        { "DOTNET_TieredPGO", "0" },
        { "DOTNET_TieredCompilation", "0" },
        { "GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F" },
        { CultureVariable, "de_DE.UTF-8" },
        { CultureVariable, "tr_TR.UTF-8" },
    };

    private static string TestAssembly => Assembly.GetExecutingAssembly().Location;

    /// <summary>Runs a test method in a child process with other variables of the environment, and checks that all of its cases succeed there.</summary>
    public static Task RunAsync<TTests>(string method, int cases, params (string Variable, string Value)[] environment)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(TestAssembly);
        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
            if (variable == CultureVariable) start.Environment[ExpectedCulture] = value[..5].Replace('_', '-');
        }

        return RunAsync<TTests>(start, method, cases);
    }

    /// <summary>The same under the runtime's settings for programs without cultures.</summary>
    public static async Task RunWithoutCulturesAsync<TTests>(string method, int cases)
    {
        const string Setting = "\"System.Globalization.Invariant\": ";
        using TemporaryFolder folder = new();
        string settings = File.ReadAllText(Path.ChangeExtension(TestAssembly, "runtimeconfig.json"));
        settings.Should().Contain(Setting + "false");
        string config = folder.Write("runtimeconfig.json", settings.Replace(Setting + "false", Setting + "true", StringComparison.Ordinal));
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string host = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host, ["exec", "--runtimeconfig", config, TestAssembly]) { Environment = { [ExpectedCulture] = "none" } };
        await RunAsync<TTests>(start, method, cases);
    }

    /// <summary>In a child process: checks that it has the culture that it was started for.</summary>
    public static void CheckCulture()
    {
        if (Environment.GetEnvironmentVariable(ExpectedCulture) is not { } culture) return;

        if (culture == "none") FluentActions.Invoking(() => new CultureInfo("tr-TR")).Should().Throw<CultureNotFoundException>();
        else CultureInfo.CurrentCulture.Name.Should().Be(culture);
    }

    private static async Task RunAsync<TTests>(ProcessStartInfo start, string method, int cases)
    {
        start.RedirectStandardOutput = true;
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{typeof(TTests).FullName}.{method}*");

        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        child.ExitCode.Should().Be(0, output);
        output.Should().MatchRegex($@"succeeded: {cases}\s");
    }
}
