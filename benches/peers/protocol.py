"""The workloads, and how a framework is asked to time one: lines "name seconds" are answered with
the median nanoseconds of a step and the number of steps taken. The same in benches/workloads/, for this engine."""

import statistics
import sys
import time

import numpy as np

# Widths, batch, activation, whether Adam in place of gradient descent.
TRAINING = {
    "A": ([2, 8, 1], 4, "tanh", False),
    "B": ([64, 32, 10], 32, "relu", False),
    "C15": ([784, 15, 10], 10, "sigmoid", False),
    "C128": ([784, 128, 10], 64, "relu", False),
    "D": ([784, 512, 512, 10], 128, "relu", False),
    "D-Adam": ([784, 512, 512, 10], 128, "relu", True),
}
# Elements of an elementwise chain.
CHAIN = {"F1k": 1_000, "F1M": 1_000_000}


def numbers(rows, columns):
    return np.sin(np.arange(rows * columns, dtype=np.float32) * np.float32(12.9898)).reshape(rows, columns)


def labels(batch, classes):
    return np.arange(batch) * 7 % classes


def median_ns(run, seconds):
    """Over batches of 0.3 ms, shorter than a time slice of the system; and the steps taken."""
    total = 0

    def batch(calls):
        nonlocal total
        total += calls
        start = time.perf_counter_ns()
        run(calls)
        return (time.perf_counter_ns() - start) / calls

    batch(3)
    calls = max(1, int(3e5 / batch(3)))
    start, times = time.perf_counter(), []
    while len(times) < 3 or time.perf_counter() - start < seconds:
        times.append(batch(calls))
    return statistics.median(times), total


def serve(workloads):
    made = {}
    for line in sys.stdin:
        name, seconds = line.split()
        if name not in workloads:
            print("unknown", flush=True)
            continue
        if name not in made:
            made[name] = workloads[name]()
        print(*median_ns(made[name], float(seconds)), flush=True)
