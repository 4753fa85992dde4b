using NlpPretrain.Peers;
using static TorchSharp.torch;

set_num_threads(2);
var shape = new GptShape(4, 128, 4, 64, 12, 65);
Dictionary<string, Tensor> w = [];
void Add(string name, params long[] sizes) { Tensor t = randn(sizes) * 0.02; t.requires_grad = true; w[name] = t; }
Add("wte.weight", 65, 128); Add("wpe.weight", 64, 128); Add("ln_f.weight", 128); Add("ln_f.bias", 128);
for (int l = 0; l < 4; l++) { foreach (string n in new[] { "ln_1", "ln_2" }) { Add($"h.{l}.{n}.weight", 128); Add($"h.{l}.{n}.bias", 128); }
 foreach ((string n, int o, int i) in new[] { ("attn.c_attn", 384, 128), ("attn.c_proj", 128, 128), ("mlp.c_fc", 512, 128), ("mlp.c_proj", 128, 512) }) { Add($"h.{l}.{n}.weight", o, i); Add($"h.{l}.{n}.bias", o); } }
TorchGpt gpt = new(shape, w);
for (int k = 0; k < 30; k++)
{
    using var scope = NewDisposeScope();
    long s = System.Diagnostics.Stopwatch.GetTimestamp();
    Tensor loss = gpt.Loss(randint(65, [12, 64]), randint(65, [12, 64]));
    loss.backward();
    Console.WriteLine($"{loss.item<float>()} {System.Diagnostics.Stopwatch.GetElapsedTime(s).TotalMilliseconds}");
}
