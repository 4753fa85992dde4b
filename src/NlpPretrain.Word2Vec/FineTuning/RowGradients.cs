using NlpPretrain.Tensors;

namespace NlpPretrain.Word2Vec;

/// <summary>Gradients of the word vectors that a batch touches, and the state of every vector that a run has touched.</summary>
internal sealed class RowGradients(int columns)
{
    private readonly Dictionary<int, RowState> _states = [];
    private readonly List<int> _touched = [];

    /// <summary>The gradient of a row, to add to; zeros at the start of each batch.</summary>
    public Span<float> this[int row]
    {
        get
        {
            if (!_states.TryGetValue(row, out RowState? state)) _states.Add(row, state = new RowState(columns));
            if (!state.Touched) _touched.Add(row);
            state.Touched = true;
            return state.Gradient;
        }
    }

    public void Apply(Matrix values, float scale, float rate)
    {
        foreach (int row in _touched)
        {
            RowState state = _states[row];
            Adagrad.Step(values[row], state.Gradient, state.Squares, scale, rate);
            state.Touched = false;
        }

        _touched.Clear();
    }

    private sealed class RowState(int columns)
    {
        public float[] Gradient { get; } = new float[columns];

        public float[] Squares { get; } = new float[columns];

        public bool Touched { get; set; }
    }
}
