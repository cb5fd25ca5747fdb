"""The workloads in JAX, jitted, with donated parameters. Run by compare.py."""

import jax
import jax.numpy as jnp
import numpy as np

from protocol import TRAINING, CHAIN, numbers, labels, serve

# A step on one thread is computed where it is called; handing it to another thread only costs.
jax.config.update("jax_cpu_enable_async_dispatch", False)


def network(widths, batch, activation, adam):
    functions = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}
    activate, classes = functions[activation], widths[-1]
    random = np.random.default_rng(1)
    params = [
        (jnp.asarray(random.normal(0, n**-0.5, (n, m)), jnp.float32), jnp.zeros(m, jnp.float32))
        for n, m in zip(widths, widths[1:])
    ]
    x = jnp.asarray(numbers(batch, widths[0]))
    if classes == 1:
        y = jnp.asarray(np.arange(batch)[:, None] % 2, jnp.float32)
    else:
        y = jnp.asarray(labels(batch, classes), jnp.int32)

    def loss_of(params, x, y):
        for number, (w, b) in enumerate(params):
            x = x @ w + b
            if number < len(params) - 1:
                x = activate(x)
        if classes == 1:
            return jnp.mean(jax.nn.softplus(x) - x * y)
        return -jnp.mean(jnp.sum(jax.nn.one_hot(y, classes) * jax.nn.log_softmax(x), -1))

    def sgd(params, x, y):
        loss, grads = jax.value_and_grad(loss_of)(params, x, y)
        return jax.tree.map(lambda p, g: p - 1e-4 * g, params, grads), loss

    def adam_step(state, x, y):
        params, first, second, t = state
        loss, grads = jax.value_and_grad(loss_of)(params, x, y)
        t = t + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, grads)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, grads)
        a, b = 1 / (1 - 0.9**t), 1 / (1 - 0.999**t)
        params = jax.tree.map(
            lambda p, m, v: p - 1e-6 * (m * a) / (jnp.sqrt(v * b) + 1e-8), params, first, second
        )
        return (params, first, second, t), loss

    if adam:
        zeros = lambda: jax.tree.map(jnp.zeros_like, params)
        state, step = (params, zeros(), zeros(), jnp.float32(0)), jax.jit(adam_step, donate_argnums=0)
    else:
        state, step = params, jax.jit(sgd, donate_argnums=0)

    def run(calls):
        nonlocal state
        for _ in range(calls):
            state, loss = step(state, x, y)
        jax.block_until_ready((state, loss))

    return run


def chain(count):
    def y(x):
        t = jnp.tanh(x)
        u = jax.nn.sigmoid(t) * x + t
        v = jnp.tanh(u)
        return jnp.sum(jax.nn.sigmoid(v) * u + v)

    x = jnp.asarray(numbers(1, count)[0])
    both = jax.jit(jax.value_and_grad(y))

    def run(calls):
        for _ in range(calls):
            result = both(x)
        jax.block_until_ready(result)

    return run


serve({name: (lambda args=args: network(*args)) for name, args in TRAINING.items()}
      | {name: (lambda count=count: chain(count)) for name, count in CHAIN.items()})
