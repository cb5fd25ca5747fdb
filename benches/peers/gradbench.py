"""Times the `gradbench` example beside other tools of GradBench, on the same inputs, in rounds that take turns.

    git clone https://github.com/gradbench/gradbench
    make -C gradbench/cpp && make -C gradbench/tools/manual && make -C gradbench/tools/codipack
    pip install numpy scipy pydantic dataclasses-json
    python3 benches/peers/gradbench.py gradbench [case…] [--rounds 7] [--tools manual,codipack]

The C++ tools are compiled for the processor they run on, so the example is too. Of each case the smallest time
of all runs counts: other programs can only make a run slower. Every output is compared with that of `manual`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRADIENTS = dict(gmm="jacobian", lstm="jacobian", ba="jacobian", ht="jacobian", kmeans="dir")
OBJECTIVES = dict(gmm="objective", lstm="objective", ba="objective", ht="objective", kmeans="cost")


def cases(suite):
    """Inputs as the suite's evals make them, by name."""
    sys.path.insert(0, str(suite / "python/gradbench"))
    os.chdir(suite)
    import numpy as np
    from gradbench.evals.ba.run import parse
    from gradbench.evals.gmm.run import generate
    from gradbench.evals.ht import io

    random = np.random.default_rng(31337)
    for d, k in [(2, 5), (10, 5), (10, 25), (20, 10), (32, 5), (64, 25)]:
        yield f"gmm_{d}_{k}", generate(seed=31337, d=d, k=k, n=1000, m=0, gamma=1.0)
    bits = 14  # of the characters of the suite's text
    for layers, count in [(2, 1024), (4, 1024), (2, 4096)]:
        yield f"lstm_{layers}_{count}", {
            "main_params": random.random((2 * layers, 4 * bits)).tolist(),
            "extra_params": random.random((3, bits)).tolist(),
            "state": random.random((2 * layers, bits)).tolist(),
            "sequence": random.integers(0, 2, (count, bits)).astype(float).tolist(),
        }
    for number in [1, 3, 8]:
        yield f"ba_{number}", parse(next(Path("evals/ba/data").glob(f"ba{number}_*.txt")))
    for size, variant, number in [("small", "complicated", 1), ("big", "complicated", 1), ("big", "complicated", 8), ("small", "simple", 1)]:
        data = Path("evals/ht/data") / f"{variant}_{size}"
        file = next(data.glob(f"hand{number}_*.txt"))
        yield f"ht_{variant}_{size}_{number}", io.read_hand_instance(data / "model", file, variant == "complicated").to_dict()
    for k, n, d in [(10, 1000, 8), (10, 10000, 16), (100, 1000, 8), (100, 10000, 16), (1000, 10000, 16)]:
        points = random.random((n, d)).tolist()
        yield f"kmeans_{k}_{n}_{d}", {"points": points, "centroids": points[-k:]}
    for n in [16, 128, 1024, 16392]:
        yield f"llsq_{n}", {"x": random.random(128).tolist(), "n": n}
    for n, s in [(1000, 1), (1000, 10), (1000, 100), (10000, 10), (100000, 10)]:
        yield f"ode_{n}_{s}", {"x": random.random(n).tolist(), "s": s}
    for ell in [5, 6, 7, 8, 9, 10]:
        yield f"det_{ell}", {"A": random.random(ell * ell).tolist(), "ell": ell}
    for n in [2500, 40000, 320000, 1280000]:
        yield f"lse_{n}", {"x": random.random(n).tolist()}


def built():
    """The path of the example, compiled for this processor in a directory of its own."""
    command = ["cargo", "build", "--release", "--example", "gradbench", "--target-dir", "target/native", "--message-format=json"]
    flags = os.environ | {"RUSTFLAGS": "-C target-cpu=native"}
    output = subprocess.run(command, cwd=HERE.parent.parent, env=flags, check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(m["executable"] for m in map(json.loads, output.splitlines()) if m.get("executable"))


def ours(command, module, function, data):
    """Output and times of this engine's tool."""
    message = {"id": 0, "kind": "evaluate", "module": module, "function": function, "input": data}
    done = subprocess.run(command, input=json.dumps(message, default=float) + "\n", check=True, stdout=subprocess.PIPE, text=True)
    reply = json.loads(done.stdout)
    assert reply["success"], reply["error"]
    return reply["output"], [timing["nanoseconds"] for timing in reply["timings"]]


def theirs(command, function, data):
    """Output and times of a tool in C++."""
    with tempfile.NamedTemporaryFile("w") as file:
        json.dump(data, file, default=float)
        file.flush()
        done = subprocess.run(command + [file.name, function], check=True, stdout=subprocess.PIPE, text=True)
    output, *timings = map(json.loads, done.stdout.splitlines())
    return output, [timing["nanoseconds"] for timing in timings if timing["name"] == "evaluate"]


def numbers(value):
    if isinstance(value, (list, dict)):
        for part in value if isinstance(value, list) else [value[key] for key in sorted(value)]:
            yield from numbers(part)
    else:
        yield float(value)


def same(a, b):
    a, b = list(numbers(a)), list(numbers(b))
    return len(a) == len(b) and all(abs(x - y) / max(1, abs(x) + abs(y)) <= 1e-4 for x, y in zip(a, b))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", type=Path, help="a checkout of GradBench whose tools are built")
    parser.add_argument("cases", nargs="*", help="beginnings of names of cases; all if none is given")
    parser.add_argument("--tools", default="manual,codipack")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each tool in a round")
    parser.add_argument("--objective", action="store_true", help="the objectives instead of their derivatives")
    parser.add_argument("--core", type=int, default=1)
    options = parser.parse_args()
    tool, suite = built(), options.suite.resolve()
    os.sched_setaffinity(0, {options.core})
    for name, data in cases(suite):
        if options.cases and not any(name.startswith(case) for case in options.cases):
            continue
        module = name.split("_")[0]
        function = OBJECTIVES.get(module, "primal") if options.objective else GRADIENTS.get(module, "gradient")
        data = data | {"min_runs": 1, "min_seconds": options.seconds}
        best, outputs = {}, {}
        for _ in range(options.rounds):
            for peer in ["ours", *options.tools.split(",")]:
                if peer == "ours":
                    outputs[peer], times = ours([tool], module, function, data)
                else:
                    outputs[peer], times = theirs([suite / "tools" / peer / "bin" / module], function, data)
                best[peer] = min([best.get(peer, float("inf")), *times])
        peers = [f"{peer} {best[peer] / 1e3:.1f} us, ratio {best['ours'] / best[peer]:.2f}" for peer in best if peer != "ours"]
        verdict = "" if same(outputs["ours"], outputs.get("manual", outputs["ours"])) else "   OUTPUTS DIFFER"
        print(f"{name:24} {best['ours'] / 1e3:10.1f} us   {'   '.join(peers)}{verdict}", flush=True)


if __name__ == "__main__":
    main()
