using NlpPretrain.Kernels;

namespace NlpPretrain.Core.Tests.Kernels;

/// <summary>What to do once with each register.</summary>
internal interface IWidthCase
{
    void Run<TSimd>() where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Every register that this processor has, in one process.</summary>
internal static class Widths
{
    internal static IReadOnlyList<string> Names { get; } = Find();

    /// <summary>Runs the case with one of <see cref="Names"/>.</summary>
    internal static void Run<TCase>(string name, ref TCase body) where TCase : struct, IWidthCase
    {
        switch (name)
        {
            case nameof(ScalarSimd): body.Run<ScalarSimd>(); break;
            case nameof(Simd128): body.Run<Simd128>(); break;
            case nameof(Simd256): body.Run<Simd256>(); break;
            default: body.Run<Simd512>(); break;
        }
    }

    /// <summary>All pieces of a kernel with one register.</summary>
    internal static void Run<TPieces>(string name, TPieces work, int pieces) where TPieces : struct, ISimdPieces
    {
        PiecesCase<TPieces> body = new() { Work = work, Pieces = pieces };
        Run(name, ref body);
    }

    /// <summary>Equal bits, where any NaN is as good as another.</summary>
    internal static void ShouldBe(ReadOnlySpan<float> given, ReadOnlySpan<float> expected, string what)
    {
        given.Length.Should().Be(expected.Length);
        for (int i = 0; i < given.Length; i++)
        {
            if (float.IsNaN(given[i]) && float.IsNaN(expected[i])) continue;
            if (BitConverter.SingleToInt32Bits(given[i]) != BitConverter.SingleToInt32Bits(expected[i]))
                Assert.Fail($"{what}: value {i} is {given[i]:R}, 0x{BitConverter.SingleToInt32Bits(given[i]):X8}, and not {expected[i]:R}, 0x{BitConverter.SingleToInt32Bits(expected[i]):X8}.");
        }
    }

    private static List<string> Find()
    {
        List<string> names = [nameof(Simd512)];
        if (Simd256.IsSupported) names.Add(nameof(Simd256));
        if (Simd128.IsSupported) names.Add(nameof(Simd128));
        return names;
    }

    private struct PiecesCase<TPieces> : IWidthCase where TPieces : struct, ISimdPieces
    {
        internal TPieces Work;
        internal int Pieces;

        public readonly void Run<TSimd>() where TSimd : struct, ISimd<TSimd>
        {
            for (int piece = 0; piece < Pieces; piece++) Work.Run<TSimd>(piece);
        }
    }
}
