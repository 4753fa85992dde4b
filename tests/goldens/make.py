"""Golden values and gradients of single operations, and weights after steps of optimizers, by PyTorch in double precision: one small safetensors file a case.

    python3 make.py             # Debian: apt-get install python3-torch

Each file has the inputs (F32, so that both sides start from the same numbers), the weights w of the loss Σ w·y, the output y and the gradient of
every input in double precision (F64), and in its metadata PyTorch's own error in single precision against these, relative by norm. Those of an
optimizer have the first weight and the gradient of every step instead, and the last weight and state.
"""
import json
import math
import struct
from pathlib import Path

import torch
from torch.nn import functional as f

HERE = Path(__file__).resolve().parent


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        kind = {torch.float32: "F32", torch.float64: "F64", torch.int32: "I32"}[tensor.dtype]
        bytes_ = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(bytes_)]}
        data += bytes_
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def run(function, inputs, weights, kind):
    variables = {name: value.to(kind, copy=True).requires_grad_() if value.dtype.is_floating_point else value for name, value in inputs.items()}
    output = function(**variables)
    (output * weights.to(kind)).sum().backward()
    return {"output": output.detach()} | {f"gradient.{name}": value.grad for name, value in variables.items() if value.dtype.is_floating_point}


def error(got, exact):
    return float((got.double() - exact).norm() / exact.norm().clamp_min(1e-300))


def golden(name, function, **inputs):
    exact_shape = function(**inputs).shape
    weights = torch.rand(exact_shape) * 2 - 1
    exact = run(function, inputs, weights, torch.float64)
    single = run(function, inputs, weights, torch.float32)
    errors = {key: repr(error(single[key], exact[key])) for key in exact}
    save(HERE / f"{name}.safetensors", {f"input.{key}": value for key, value in inputs.items()} | {"weights": weights} | exact, errors)
    print(f"{name:28} {tuple(exact_shape)!s:16} worst error of single precision {max(map(float, errors.values())):.1e}")


def steps(make, weight, gradients, kind):
    parameter = torch.nn.Parameter(weight.to(kind, copy=True))
    optimizer = make([parameter])
    for gradient in gradients:
        parameter.grad = gradient.to(kind, copy=True)
        optimizer.step()
    state = {key: value for key, value in optimizer.state[parameter].items() if torch.is_tensor(value) and value.shape == weight.shape}
    return {"weight": parameter.detach()} | state


def golden_optimizer(name, make):
    weight, gradients = normal(7, 9), normal(10, 7, 9)
    exact, single = (steps(make, weight, gradients, kind) for kind in (torch.float64, torch.float32))
    errors = {key: repr(error(single[key], exact[key])) for key in exact}
    save(HERE / f"{name}.safetensors", {"input.weight": weight, "input.gradients": gradients} | exact, errors)
    print(f"{name:28} {tuple(weight.shape)!s:16} worst error of single precision {max(map(float, errors.values())):.1e}")


def train(weights, loss, steps, rate, decay, clip):
    """Losses, gradients of the first step and norms of all, of AdamW with the gradients' norm clipped and decay of matrices only; the weights, in double precision, change."""
    groups = [{"params": [p for p in weights.values() if p.dim() > 1], "weight_decay": decay}, {"params": [p for p in weights.values() if p.dim() == 1], "weight_decay": 0}]
    optimizer, losses, norms, gradients = torch.optim.AdamW(groups, lr=rate), [], [], {}
    for step in range(steps):
        optimizer.zero_grad()
        value = loss(step)
        value.backward()
        if step == 0:
            gradients = {f"gradient.{key}": p.grad.clone() for key, p in weights.items()}
        norms.append(float(torch.nn.utils.clip_grad_norm_(list(weights.values()), clip)))
        optimizer.step()
        losses.append(value.detach())
    return torch.stack(losses), gradients, norms


def normal(*shape, scale=1.0):
    return torch.randn(*shape) * scale


def integers(high, *shape):
    return torch.randint(high, shape, dtype=torch.int32)


def attention(query, key, value, heads, causal, lengths=None):
    def split(x):
        return x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)                    # [B, H, T, C / H]
    q, k, v = split(query), split(key), split(value)
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])                                # [B, H, T, T]
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -math.inf)
    if lengths is not None:
        scores = scores.masked_fill(torch.arange(scores.shape[-1])[None, None, None, :] >= lengths[:, None, None, None], -math.inf)
    return (scores.softmax(-1) @ v).transpose(1, 2).reshape(query.shape)


def lstm(x, input_weight, hidden_weight, bias, projection, hidden, cell, cell_limit, projection_limit):
    outputs = []
    for t in range(x.shape[0]):                                                              # x [T, B, I]
        i, forget, g, o = (x[t] @ input_weight.T + hidden @ hidden_weight.T + bias).chunk(4, -1)
        cell = (forget.sigmoid() * cell + i.sigmoid() * g.tanh()).clamp(-cell_limit, cell_limit)
        hidden = ((o.sigmoid() * cell.tanh()) @ projection.T).clamp(-projection_limit, projection_limit)
        outputs.append(hidden)
    return torch.stack(outputs)                                                              # [T, B, P]


def smoothed_cross_entropy(hidden, weight, bias, targets, smoothing):
    return f.cross_entropy(hidden @ weight.T + bias, targets.long(), ignore_index=-1, label_smoothing=smoothing).reshape(1)


def main():
    torch.manual_seed(20)
    golden("matmul", lambda a, b: a @ b, a=normal(3, 17, 29), b=normal(3, 29, 21))
    golden("matmul-transposed-right", lambda a, b: a @ b.transpose(-1, -2), a=normal(3, 17, 29), b=normal(3, 21, 29))
    for name, act in {"none": lambda y: y, "relu": f.relu, "gelu-tanh": lambda y: f.gelu(y, approximate="tanh"), "gelu": f.gelu, "tanh": torch.tanh}.items():
        golden(f"linear-{name}", lambda x, weight, bias: act(x @ weight.T + bias), x=normal(2, 19, 33), weight=normal(41, 33, scale=0.2), bias=normal(41))
    for name, function in {"gelu-tanh": lambda x: f.gelu(x, approximate="tanh"), "gelu": lambda x: f.gelu(x), "relu": lambda x: f.relu(x), "sigmoid": lambda x: torch.sigmoid(x), "tanh": lambda x: torch.tanh(x),
                           "softmax": lambda x: x.softmax(-1)}.items():
        golden(name, function, x=normal(41, 53, scale=3))
    golden("layer-norm", lambda x, gain, bias: f.layer_norm(x, x.shape[-1:], gain, bias, 1e-5), x=normal(13, 96, scale=2) + 0.5, gain=normal(96), bias=normal(96))
    golden("embedding", lambda ids, weight: f.embedding(ids.long(), weight), ids=integers(17, 4, 9), weight=normal(17, 24))
    targets = integers(101, 23)
    targets[5] = targets[11] = -1
    golden("cross-entropy", lambda hidden, weight, bias, targets: smoothed_cross_entropy(hidden, weight, bias, targets, 0.0),
           hidden=normal(23, 48), weight=normal(101, 48, scale=0.3), bias=normal(101), targets=targets)
    golden("cross-entropy-smoothed", lambda hidden, weight, bias, targets: smoothed_cross_entropy(hidden, weight, bias, targets, 0.1),
           hidden=normal(23, 48), weight=normal(101, 48, scale=0.3), bias=normal(101), targets=targets)
    qkv = {name: normal(2, 71, 48) for name in ("query", "key", "value")}
    golden("attention-causal", lambda query, key, value: attention(query, key, value, 3, True), **qkv)
    golden("attention-padded", lambda query, key, value, lengths: attention(query, key, value, 3, False, lengths), **qkv, lengths=torch.tensor([71, 40], dtype=torch.int32))
    golden("lstm", lambda **inputs: lstm(**inputs, cell_limit=0.6, projection_limit=0.5), x=normal(7, 3, 10), input_weight=normal(48, 10, scale=0.4),
           hidden_weight=normal(48, 8, scale=0.4), bias=normal(48, scale=0.4), projection=normal(8, 12, scale=0.6), hidden=normal(3, 8, scale=0.3), cell=normal(3, 12, scale=0.3))
    golden("character-convolution", lambda x, filters, bias: f.relu(f.conv1d(x.transpose(1, 2), filters.permute(2, 1, 0), bias).amax(-1)),
           x=normal(6, 12, 5), filters=normal(3, 5, 14, scale=0.4), bias=normal(14, scale=0.4))    # filters [width, D, F]
    golden("mean-squared-error", lambda x, y: f.mse_loss(x, y).reshape(1), x=normal(31), y=normal(31))
    golden("binary-cross-entropy", lambda x, y: f.binary_cross_entropy_with_logits(x, y).reshape(1), x=normal(31, scale=4), y=torch.rand(31))
    golden("cosine-similarity", lambda x, y: f.cosine_similarity(x, y, dim=-1), x=normal(9, 25), y=normal(9, 25))
    golden("weighted-mix", lambda a, b, c, weights, gamma: gamma * (torch.stack([a, b, c]) * weights.softmax(0)[:, None, None]).sum(0),
           a=normal(8, 15), b=normal(8, 15), c=normal(8, 15), weights=normal(3), gamma=normal(1))

    golden_optimizer("optimizer-adamw", lambda parameters: torch.optim.AdamW(parameters, lr=0.1, weight_decay=0.1))
    golden_optimizer("optimizer-adam", lambda parameters: torch.optim.Adam(parameters, lr=0.1, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1))
    golden_optimizer("optimizer-sgd", lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.1))
    golden_optimizer("optimizer-adagrad", lambda parameters: torch.optim.Adagrad(parameters, lr=0.3, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-3))


if __name__ == "__main__":
    main()
