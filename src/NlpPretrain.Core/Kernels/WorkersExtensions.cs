using System.Runtime.CompilerServices;

namespace NlpPretrain.Kernels;

/// <summary>Work cut into numbered pieces by the size of the problem: any worker may run any piece.</summary>
internal interface IPieces
{
    void Run(int piece);
}

internal static unsafe class WorkersExtensions
{
    /// <summary>About 20 microseconds of element-wise work: below it the team costs more than it saves.</summary>
    private const long LeastParallelSize = 16_384;

    /// <summary>Runs every piece once: on the team where there is enough to do, else here.</summary>
    /// <remarks>The size is how many values the work touches in all, counting those of costly functions several times.</remarks>
    internal static void For<TPieces>(this Workers workers, int pieces, long size, ref TPieces work) where TPieces : struct, IPieces
    {
        if (pieces > 1 && size >= LeastParallelSize && workers.Count > 1)
        {
            workers.For(pieces, ref work);
            return;
        }

        for (int piece = 0; piece < pieces; piece++) work.Run(piece);
    }

    internal static void For<TPieces>(this Workers workers, int pieces, ref TPieces work) where TPieces : struct, IPieces
    {
        nint shared = (nint)Unsafe.AsPointer(ref work);
        int next = -1;
        workers.Run(_ =>
        {
            for (int piece; (piece = Interlocked.Increment(ref next)) < pieces;) Unsafe.AsRef<TPieces>((void*)shared).Run(piece);
        });
    }
}
