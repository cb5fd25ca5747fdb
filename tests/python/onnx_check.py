"""Runs exported networks in ONNX Runtime, and compares what they give with what they gave here.

    python3 -m venv venv && venv/bin/pip install -r tests/python/requirements.txt
    ONNX_DIR=cases cargo test -p nn --features onnx --test suite onnx
    venv/bin/python tests/python/onnx_check.py cases

The folder has `<case>.onnx` and `<case>.safetensors`, with an input `x` and the output `y`. The files are also checked by the
ONNX project's own checker, with the shapes that it infers.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

TOLERANCE = {np.dtype(np.float32): 1e-6, np.dtype(np.float64): 1e-14}


def check(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    assert model.opset_import[0].version == 17 and model.producer_name == "nn", model.producer_name
    for value in [model.graph.input[0], model.graph.output[0]]:
        assert value.type.tensor_type.shape.dim[0].dim_param == "batch", value
    numbers = load_file(path.with_suffix(".safetensors"))
    x, y = numbers["x"], numbers["y"]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    worst = 0.0
    for batch in [len(x), 1]:  # any size of a batch
        [found] = session.run(["output"], {"input": x[:batch]})
        assert found.shape == y[:batch].shape and found.dtype == y.dtype, (found.shape, found.dtype)
        worst = max(worst, float(np.max(np.abs(found - y[:batch]) / np.maximum(1, np.abs(y[:batch])))))
    assert worst <= TOLERANCE[y.dtype], f"{path.name}: {worst}"
    return worst


def main(folder):
    paths = sorted(folder.glob("*.onnx"))
    assert paths, f"no .onnx files in {folder}"
    worst = {path.stem: check(path) for path in paths}
    name = max(worst, key=worst.get)
    print(f"{len(paths)} networks give the same in ONNX Runtime {onnxruntime.__version__}; at the most {worst[name]:.1e} apart ({name})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
