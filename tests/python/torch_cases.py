"""Writes small networks of PyTorch as safetensors files, and what they give: the data of nn/tests/suite/torch.rs.

    python3 -m venv venv && venv/bin/pip install torch numpy safetensors
    venv/bin/python tests/python/torch_cases.py nn/tests/data/torch

Weights are drawn from a seed and then kept in the repository, so tests need no PyTorch. A file `<case>.safetensors` is what
`save_file(net.state_dict(), ...)` writes. `cases.safetensors` has the inputs and outputs: `<case>.x` and `<case>.y`, and one
`activation.<name>.y` for each activation of `activation.x`.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn


class Mlp(nn.Module):
    """Layers in a list, an activation after each but the last: the names are `layers.0.weight`, `layers.0.bias`, ..."""

    def __init__(self, widths, activation):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.activation = activation

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def chain():
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))


def randomised(layer):
    """Normalisation begins with ones and zeros, which would hide mistakes."""
    for name, tensor in layer.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand_like(tensor) + 0.5 if "var" in name or "weight" in name else torch.randn_like(tensor))
    return layer


ACTIVATIONS = {
    "relu": nn.ReLU(),
    "leaky_relu_0.2": nn.LeakyReLU(0.2),
    "elu_1.5": nn.ELU(1.5),
    "gelu": nn.GELU(),
    "gelu_tanh": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "softplus": nn.Softplus(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "relu6": nn.ReLU6(),
    "selu": nn.SELU(),
    "celu_1.5": nn.CELU(1.5),
    "mish": nn.Mish(),
    "hardswish": nn.Hardswish(),
    "hardsigmoid": nn.Hardsigmoid(),
    "hardtanh": nn.Hardtanh(),
    "softsign": nn.Softsign(),
    "logsigmoid": nn.LogSigmoid(),
    "softmax": nn.Softmax(dim=-1),
    "log_softmax": nn.LogSoftmax(dim=-1),
}


@torch.no_grad()
def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20240229)
    cases = {}

    def case(name, net, x):
        net.eval()
        save_file({key: value.contiguous() for key, value in net.state_dict().items()}, folder / f"{name}.safetensors")
        cases[f"{name}.x"], cases[f"{name}.y"] = x, net(x)

    case("sequential", chain(), torch.randn(4, 5))
    case("sequential_f64", chain().double(), torch.randn(4, 5, dtype=torch.float64))
    # Weights are rounded to half precision; the outputs are those of the rounded weights, in single precision.
    for name, dtype in [("sequential_f16", torch.float16), ("sequential_bf16", torch.bfloat16)]:
        net = chain().to(dtype)
        save_file(net.state_dict(), folder / f"{name}.safetensors")
        x = torch.randn(4, 5)
        cases[f"{name}.x"], cases[f"{name}.y"] = x, net.float()(x)
    case("mlp_relu", Mlp([5, 8, 6, 3], nn.ReLU()), torch.randn(4, 5))
    case("mlp_gelu", Mlp([5, 8, 3], nn.GELU()), torch.randn(4, 5))
    case("linear_without_bias", nn.Linear(5, 3, bias=False), torch.randn(4, 5))

    case("layer_norm", randomised(nn.LayerNorm(6)), torch.randn(4, 6))
    case("rms_norm", randomised(nn.RMSNorm(6, eps=1e-5)), torch.randn(4, 6))
    case("batch_norm", randomised(nn.BatchNorm1d(6)), torch.randn(4, 6))
    case("embedding", nn.Embedding(7, 3), torch.tensor([[0, 6, 2], [2, 2, 5]]))
    # BatchNorm of a batch in training: its output, and the running statistics after it.
    norm = randomised(nn.BatchNorm1d(6)).train()
    save_file(norm.state_dict(), folder / "batch_norm_training.safetensors")
    x = torch.randn(8, 6)
    cases["batch_norm_training.x"], cases["batch_norm_training.y"] = x, norm(x)
    for name in ["running_mean", "running_var"]:
        cases[f"batch_norm_training.{name}"] = norm.state_dict()[name].clone()

    x = torch.cat([torch.linspace(-6, 6, 25), torch.randn(7)]).reshape(4, 8)
    cases["activation.x"] = x
    for name, function in ACTIVATIONS.items():
        cases[f"activation.{name}.y"] = function(x)

    for name, tensor in cases.items():
        assert tensor.isfinite().all(), name
    save_file(cases, folder / "cases.safetensors", metadata={"made with": f"torch {torch.__version__}"})
    print(f"{len(list(folder.iterdir()))} files, {sum(file.stat().st_size for file in folder.iterdir())} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
