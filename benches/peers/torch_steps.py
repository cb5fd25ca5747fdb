"""The workloads in PyTorch, eager, with the optimisers' fused kernels. Run by compare.py."""

import torch
import torch.nn.functional as F

from protocol import TRAINING, CHAIN, numbers, labels, serve

torch.set_num_threads(1)
torch.set_flush_denormal(True)


def network(widths, batch, activation, adam):
    functions = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}
    layers = []
    for n, m in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(n, m), functions[activation]()]
    net = torch.nn.Sequential(*layers[:-1])
    if adam:
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-6, fused=True)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-4, fused=True)
    x = torch.tensor(numbers(batch, widths[0]))
    if widths[-1] == 1:
        y, loss_of = (torch.arange(batch)[:, None] % 2).float(), F.binary_cross_entropy_with_logits
    else:
        y, loss_of = torch.tensor(labels(batch, widths[-1])), F.cross_entropy

    def run(calls):
        for _ in range(calls):
            optimizer.zero_grad()
            loss_of(net(x), y).backward()
            optimizer.step()

    return run


def chain(count):
    x = torch.tensor(numbers(1, count)[0], requires_grad=True)

    def run(calls):
        for _ in range(calls):
            t = torch.tanh(x)
            u = torch.sigmoid(t) * x + t
            v = torch.tanh(u)
            torch.autograd.grad((torch.sigmoid(v) * u + v).sum(), x)

    return run


serve({name: (lambda args=args: network(*args)) for name, args in TRAINING.items()}
      | {name: (lambda count=count: chain(count)) for name, count in CHAIN.items()})
