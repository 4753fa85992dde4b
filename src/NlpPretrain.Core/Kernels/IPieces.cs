namespace NlpPretrain.Kernels;

/// <summary>Work that is cut into pieces, in any order and on any worker: a small struct of pointers and sizes.</summary>
internal interface IPieces
{
    /// <summary>Does one piece. Pieces write to separate places, and none waits for another.</summary>
    /// <param name="piece">0 to the number of pieces − 1.</param>
    void Run(int piece);
}
