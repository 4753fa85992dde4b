namespace NlpPretrain.Kernels;

internal static class WorkersExtensions
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
}
