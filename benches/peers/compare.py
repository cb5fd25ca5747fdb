"""Times this engine beside other frameworks, in rounds that take turns, all on one core.

Absolute times drift on a busy machine, so what counts is the ratio within a round: the table gives
the median over rounds with quartiles, and the same for processor time of all threads, which leaves
out what other programs take from the core.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from protocol import TRAINING, CHAIN

HERE = Path(__file__).resolve().parent
ONE_THREAD = {
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "AUTOGRAD_THREADS": "1",
}


def built():
    """The path of this engine's side."""
    command = ["cargo", "bench", "--bench", "peers", "--no-run", "--message-format=json"]
    output = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = map(json.loads, output.splitlines())
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "peers")


class Framework:
    def __init__(self, command):
        environment = os.environ | ONE_THREAD
        self.process = subprocess.Popen(
            command, cwd=HERE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def time(self, workload, seconds):
        """Nanoseconds of a step: the median by the clock, the mean of processor time."""
        before = self.processor_time()
        print(workload, seconds, file=self.process.stdin, flush=True)
        median, calls = self.process.stdout.readline().split()
        return float(median), (self.processor_time() - before) / int(calls)

    def processor_time(self):
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", default=[*TRAINING, *CHAIN])
    parser.add_argument("--peers", nargs="*", default=["jax", "torch"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each framework in each round")
    parser.add_argument("--core", type=int, default=0)
    options = parser.parse_args()

    frameworks = {"ours": [built()]} | {
        peer: [sys.executable, str(HERE / f"{peer}_steps.py")] for peer in options.peers
    }
    os.sched_setaffinity(0, {options.core})
    frameworks = {name: Framework(command) for name, command in frameworks.items()}

    print(f"{'us per step':<12}" + "".join(f"{name:>12}" for name in frameworks), end="")
    for peer in options.peers:
        print(f"{'ours/' + peer + ' by the clock':>28}{'by processor time':>28}", end="")
    print()
    for workload in options.workloads:
        for framework in frameworks.values():
            framework.time(workload, 0.0)
        times = {name: [] for name in frameworks}
        for _ in range(options.rounds):
            for name, framework in frameworks.items():
                times[name].append(framework.time(workload, options.seconds))
        row = f"{workload:<12}"
        for rounds in times.values():
            row += f"{statistics.median(clock for clock, _ in rounds) / 1e3:>12.2f}"
        for peer in options.peers:
            for which in (0, 1):
                ratios = [ours[which] / theirs[which] for ours, theirs in zip(times["ours"], times[peer])]
                low, middle, high = statistics.quantiles(ratios, n=4)
                row += f"{f'{middle:.3f} ({low:.3f} .. {high:.3f})':>28}"
        print(row, flush=True)
    for framework in frameworks.values():
        framework.end()


main()
