using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static NlpPretrain.Kernels.MatrixTile;

namespace NlpPretrain.Kernels;

/// <summary>The tiles of one register width. All widths compute the same bits; <see cref="Best"/> is the fastest here.</summary>
internal sealed unsafe class MatrixKernels
{
    internal const int MaximumRows = 12, MaximumColumns = 32;

    // [columns / Width − 1][rows − 1], in memory that never moves and lives as long as the process.
    private readonly delegate*<nint, float*, nint, nint, float*, nint, float*, nint, float*, nint, float*, nint, void>* _tiles;

    private MatrixKernels(string name, int width, int rows, delegate*<nint, float*, nint, nint, float*, nint, float*, nint, float*, nint, float*, nint, void>* tiles)
    {
        (Name, Width, Rows) = (name, width, rows);
        _tiles = tiles;
    }

    /// <summary>Every width that this processor supports, fastest first; the last is scalar.</summary>
    internal static MatrixKernels[] Supported { get; } = FindSupported();

    /// <summary>The kernels in use, chosen once.</summary>
    internal static MatrixKernels Best { get; } = Supported[0];

    internal string Name { get; }

    /// <summary>Floats in a register.</summary>
    internal int Width { get; }

    /// <summary>Columns of the largest tile: two registers.</summary>
    internal int Columns => 2 * Width;

    /// <summary>Rows of the largest tile: as many as the accumulators leave registers for.</summary>
    internal int Rows { get; }

    /// <summary>The tile of 1 to <see cref="Rows"/> rows and 1 or 2 registers; see <see cref="MatrixTile"/> for its arguments.</summary>
    internal delegate*<nint, float*, nint, nint, float*, nint, float*, nint, float*, nint, float*, nint, void> Tile(int rows, int registers) => _tiles[(registers - 1) * MaximumRows + rows - 1];

    public override string ToString() => Name;

    private static MatrixKernels[] FindSupported()
    {
        List<MatrixKernels> found = [];
        if (Avx512F.IsSupported) found.Add(Create<Register512, Vector512<float>>("avx512", 12));
        if (Fma.IsSupported) found.Add(Create<Register256, Vector256<float>>("avx2", 6));
        if (AdvSimd.Arm64.IsSupported) found.Add(Create<Register128, Vector128<float>>("arm64", 12));
        if (Fma.IsSupported) found.Add(Create<Register128, Vector128<float>>("fma128", 6));
        found.Add(Create<Register32, float>("scalar", 4));
        return [.. found];
    }

    private static MatrixKernels Create<TRegister, TVector>(string name, int rows)
        where TRegister : struct, IMatrixRegister<TVector>
    {
        var tiles = (delegate*<nint, float*, nint, nint, float*, nint, float*, nint, float*, nint, float*, nint, void>*)NativeMemory.AllocZeroed(2 * MaximumRows, (nuint)sizeof(nint));
        Fill<TRegister, TVector, Count1>(tiles, rows);
        Fill<TRegister, TVector, Count2>(tiles + MaximumRows, rows);
        return new MatrixKernels(name, TRegister.Width, rows, tiles);
    }

    private static void Fill<TRegister, TVector, TColumns>(delegate*<nint, float*, nint, nint, float*, nint, float*, nint, float*, nint, float*, nint, void>* tiles, int rows)
        where TRegister : struct, IMatrixRegister<TVector>
        where TColumns : struct, ICount
    {
        tiles[0] = &Run<TRegister, TVector, Count1, TColumns>;
        tiles[1] = &Run<TRegister, TVector, Count2, TColumns>;
        tiles[2] = &Run<TRegister, TVector, Count3, TColumns>;
        tiles[3] = &Run<TRegister, TVector, Count4, TColumns>;
        if (rows <= 4) return;

        tiles[4] = &Run<TRegister, TVector, Count5, TColumns>;
        tiles[5] = &Run<TRegister, TVector, Count6, TColumns>;
        if (rows <= 6) return;

        tiles[6] = &Run<TRegister, TVector, Count7, TColumns>;
        tiles[7] = &Run<TRegister, TVector, Count8, TColumns>;
        tiles[8] = &Run<TRegister, TVector, Count9, TColumns>;
        tiles[9] = &Run<TRegister, TVector, Count10, TColumns>;
        tiles[10] = &Run<TRegister, TVector, Count11, TColumns>;
        tiles[11] = &Run<TRegister, TVector, Count12, TColumns>;
    }
}
