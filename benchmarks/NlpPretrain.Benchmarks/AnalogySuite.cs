namespace NlpPretrain.Benchmarks;

internal static class AnalogySuite { public static void Run(bool quick) { _ = quick; } }
