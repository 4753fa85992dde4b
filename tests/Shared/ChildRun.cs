using System.Diagnostics;

namespace NlpPretrain.Testing;

/// <summary>Tests of this assembly once more, in a process of their own with another environment.</summary>
internal static class ChildRun
{
    /// <summary>Fails unless all cases of a test pass there.</summary>
    /// <param name="test">The test's class.</param>
    /// <param name="method">Its method.</param>
    /// <param name="cases">How many cases it has.</param>
    /// <param name="variable">A variable of the environment, such as "DOTNET_EnableAVX2".</param>
    /// <param name="value">What it is.</param>
    internal static async Task RequirePassedAsync(Type test, string method, int cases, string variable, string value)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, Environment = { [variable] = value } };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(test.Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*.{test.Name}.{method}");

        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();

        child.ExitCode.Should().Be(0, output);
        output.Should().Contain(FormattableString.Invariant($"succeeded: {cases}"));
    }
}
