using NlpPretrain.Peers;

string suite = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "";
bool quick = args.Contains("--quick");
if (suite == "memory-child")
{
    MemorySuite.RunChild(args[1], args[2]);
    return 0;
}

TorchBuild.ShortenSpinning();
Dictionary<string, Action<bool>> others = new()
{
    ["operations"] = OperationSuite.Run,
    ["generation"] = GenerationSuite.Run,
    ["shakespeare"] = ShakespeareSuite.Run,
    ["inference"] = InferenceSuite.Run,
    ["curve"] = CurveSuite.Run,
    ["elmo-curve"] = ElmoCurveSuite.Run,
    ["elmo-embeddings"] = quick => ElmoEmbeddingsSuite.Run(quick, args.Contains("--characters")),
};
if (others.TryGetValue(suite, out Action<bool>? run))
{
    run(quick);
    return 0;
}

StepCase[] steps = suite switch
{
    "gpt-small" => [StepCase.SmallGpt],
    "gpt" => [StepCase.LargeGpt],
    "lstm" => [StepCase.Lstm],
    "bert" => [BertCase.Step],
    "steps" => StepCase.All,
    _ => [],
};
if (steps.Length == 0)
{
    Console.Error.WriteLine("""
        Training steps (forward, backward, clip, AdamW) and single operations beside libtorch, through TorchSharp, 2 threads, alternating in one process.
        Usage: dotnet run -c Release --project benchmarks/Peers -- <suite> [--quick] [--memory] [--characters]
          steps       all of them
          gpt-small   4 layers, width 128, context 64, batch 12, vocabulary 65
          gpt         6 layers, width 384, context 256, batch 4, vocabulary 8,000
          lstm        2 projected LSTMs, cells 512, projection 128, batch 32, 20 steps, vocabulary 10,000
          bert        masked words and next sentences: 6 layers, width 384, length 128, batch 16, 20 masked a sequence, vocabulary 8,000
          operations  linear, norm, softmax, attention, embedding, cross entropy, LSTM, activations, dropout, AdamW
          generation  tokens of one sequence with GPT-2 small's shape and random weights, each side with a cache of keys and values
          inference   one sequence of 128 through BERT Base
          curve       losses of 300 steps on WikiText-2 (4 layers, width 256, context 256, batch 8, 8,000 byte-level pieces), side by side
          elmo-curve  the same of an ELMo, word by word (2 layers of 256 cells, projection 64, batch 32 x 20 words of 10,000, states carried)
          elmo-embeddings
                      all layers of 1,000 sentences through an ELMo (2 layers of 512 cells, projection 128, no clipping, 10,000 words)
          shakespeare nanoGPT's recipe on Tiny Shakespeare in libtorch alone, three seeds: what the recipe gives on the whole validation text
          --characters
                      the words of elmo-embeddings by their characters, with the published small model's convolutions, not by ids
          --memory    the steps' peak memory, each side in a process of its own, instead of their time
          --quick     fewer rounds, smaller models of the curves, and 250 sentences of elmo-embeddings
        Both sides start from the same weights, and their first losses must agree before either is timed. On AMD processors libtorch
        as shipped takes its AVX2 path; NLPPRETRAIN_TORCH names the build in the lines that are printed ("shipped" by default).
        """);
    return 1;
}

foreach (StepCase step in steps)
{
    if (args.Contains("--memory")) MemorySuite.Compare(step);
    else StepSuite.Compare(step, quick ? 7 : 21);
}

return 0;
