using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Trains the windows of a plan, one after the other. Each worker has its own.</summary>
internal sealed unsafe class BlockTrainer
{
    private const int LineFloats = 16;

    private readonly Word2VecConfig _config;
    private readonly HuffmanTree? _tree;
    private readonly WindowKernel _kernel;
    private readonly int _stride, _mostTiles, _inputsAhead;
    private readonly float* _scratch, _noiseSigns, _signs, _unused, _combined, _error;
    private readonly float[] _memory;
    private readonly nint[] _inputRows, _outputRows;

    internal BlockTrainer(Word2VecConfig config, HuffmanTree? tree)
    {
        int stride = (config.Dimensions + Matrix.RowAlignment - 1) / Matrix.RowAlignment * Matrix.RowAlignment;
        (_config, _tree, _stride) = (config, tree, stride);
        _kernel = new WindowKernel(stride);
        int mostInputs = 2 * config.Window;
        _inputsAhead = 2 * config.Window;                                // one window before the widest window has it
        _mostTiles = ((tree?.MaxLength ?? 1 + config.NegativeSamples) + WindowKernel.Tile - 1) / WindowKernel.Tile;

        int scratch = WindowKernel.ScratchLength(mostInputs, _mostTiles), signs = _mostTiles * WindowKernel.SignsLength;
        _memory = GC.AllocateArray<float>(scratch + 2 * signs + 3 * stride + LineFloats, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _scratch = (float*)((address + 63) & ~(nint)63);
        _noiseSigns = _scratch + scratch;
        _signs = _noiseSigns + signs;
        _unused = _signs + signs;
        _combined = _unused + stride;
        _error = _combined + stride;
        _inputRows = GC.AllocateArray<nint>(mostInputs, pinned: true);
        _outputRows = GC.AllocateArray<nint>(_mostTiles * WindowKernel.Tile, pinned: true);

        Span<float> trueThenNoise = stackalloc float[_mostTiles * WindowKernel.Tile];
        for (int k = 0; k < trueThenNoise.Length; k++) trueThenNoise[k] = k == 0 ? 1 : k <= config.NegativeSamples ? -1 : 0;
        Spread(trueThenNoise, _noiseSigns);
    }

    /// <summary>Trains every window of a plan.</summary>
    /// <param name="plan">The windows; its rows are rows of the two matrices.</param>
    /// <param name="inputs">v, [V, D]</param>
    /// <param name="outputs">v′, [V, D], or [inner nodes, D]</param>
    /// <param name="rate">η</param>
    /// <returns>Sum of the losses in nats, each before its step, and the number of predictions.</returns>
    internal BlockLoss Train(BlockPlan plan, Matrix inputs, Matrix outputs, float rate) => Run(plan, inputs, outputs, rate, update: true);

    /// <summary>The loss of every window of a plan; nothing is updated.</summary>
    internal BlockLoss Measure(BlockPlan plan, Matrix inputs, Matrix outputs) => Run(plan, inputs, outputs, rate: 0, update: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private BlockLoss Run(BlockPlan plan, Matrix inputs, Matrix outputs, float rate, bool update)
    {
        double loss = 0;
        long predictions = 0;
        for (int position = 0; position < plan.Count; position++)
        {
            if (position + 1 < plan.Count) Prefetch(plan.OutputsOf(position + 1), outputs);
            if (position + _inputsAhead < plan.Count) Prefetch(plan.Words.Slice(position + _inputsAhead, 1), inputs);
            int count = GatherInputs(plan, position, inputs);
            if (count == 0) continue;

            ReadOnlySpan<int> rows = plan.OutputsOf(position);
            bool shared = _config.Architecture == Word2VecArchitecture.SkipGram;
            predictions += shared ? count : 1;
            fixed (nint* inputRows = _inputRows)
            {
                if (!shared) loss += TrainCombined((float**)inputRows, count, plan.Targets[position], rows, outputs, rate, update);
                else if (_config.NoiseSharing == NoiseSharing.Window || _tree is not null)
                    loss += TrainPairs((float**)inputRows, count, plan.Targets[position], rows, outputs, rate, update);
                else
                {
                    int set = rows.Length / count;
                    for (int b = 0; b < count; b++)
                        loss += TrainPairs((float**)inputRows + b, 1, plan.Targets[position], rows.Slice(b * set, set), outputs, rate, update);
                }
            }
        }

        return new(loss, predictions);
    }

    private float TrainPairs(float** inputRows, int count, int target, ReadOnlySpan<int> rows, Matrix outputs, float rate, bool update)
    {
        float* signs = GatherOutputs(target, rows, outputs);
        fixed (nint* outputRows = _outputRows)
        {
            int tiles = rows.Length / WindowKernel.Tile;
            return update
                ? _kernel.Step(inputRows, count, (float**)outputRows, tiles, signs, rate, _scratch)
                : _kernel.Loss(inputRows, count, (float**)outputRows, tiles, signs, _scratch);
        }
    }

    // h = Σ v_b, or its mean; every v_b moves by η times −∂L/∂h
    private float TrainCombined(float** inputRows, int count, int target, ReadOnlySpan<int> rows, Matrix outputs, float rate, bool update)
    {
        float* signs = GatherOutputs(target, rows, outputs);
        float scale = _config.CbowCombination == CbowCombination.Mean ? 1f / count : 1f;
        _kernel.Combine(inputRows, count, scale, _combined);
        int tiles = rows.Length / WindowKernel.Tile;
        float loss;
        fixed (nint* outputRows = _outputRows)
        fixed (float** input = &_combined)
        {
            if (!update) return _kernel.Loss(input, 1, (float**)outputRows, tiles, signs, _scratch);

            loss = _kernel.StepCombined(_combined, (float**)outputRows, tiles, signs, rate, _scratch, _error);
        }

        _kernel.AddToEach(inputRows, count, _error);
        return loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int GatherInputs(BlockPlan plan, int position, Matrix inputs)
    {
        ReadOnlySpan<int> words = plan.Words;
        float* start = inputs.Address;
        int count = 0;
        for (int i = plan.WindowStart(position), end = plan.WindowEnd(position); i < end; i++)
        {
            if (i != position) _inputRows[count++] = (nint)(start + (nint)words[i] * _stride);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float* GatherOutputs(int target, ReadOnlySpan<int> rows, Matrix outputs)
    {
        float* start = outputs.Address;
        bool complete = true;
        for (int k = 0; k < rows.Length; k++)
        {
            int row = rows[k];
            complete &= row >= 0 || k > _config.NegativeSamples;
            _outputRows[k] = (nint)(row >= 0 ? start + (nint)row * _stride : _unused);
        }

        if (_tree is null && complete) return _noiseSigns;

        Span<float> signs = stackalloc float[rows.Length];
        ReadOnlySpan<bool> branches = _tree is null ? default : _tree.BranchesTo(target);
        for (int k = 0; k < rows.Length; k++)
        {
            signs[k] = rows[k] < 0 ? 0
                : _tree is null ? (k == 0 ? 1 : -1)
                : (branches[k] ? -1 : 1);
        }

        Spread(signs, _signs);
        return _signs;
    }

    private static void Spread(ReadOnlySpan<float> signs, float* target)
    {
        for (int t = 0; t < signs.Length; t += WindowKernel.Tile, target += WindowKernel.SignsLength)
        {
            for (int i = 0; i < WindowKernel.SignsLength; i++) target[i] = signs[t + i % WindowKernel.Tile];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prefetch(ReadOnlySpan<int> rows, Matrix outputs)
    {
        if (!Sse.IsSupported) return;

        float* start = outputs.Address;
        foreach (int row in rows)
        {
            if (row < 0) continue;
            float* line = start + (nint)row * _stride;
            for (int i = 0; i < _stride; i += LineFloats) Sse.Prefetch0(line + i);
        }
    }
}
