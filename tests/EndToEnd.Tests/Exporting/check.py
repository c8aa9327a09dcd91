# Has onnx's own checker look at ONNX files, shapes included. What it finds wrong with NAME.onnx is written as NAME.refused.
import pathlib
import sys

import onnx

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
        path.with_suffix(".checked").write_text(onnx.__version__)
    except Exception as problem:
        path.with_suffix(".refused").write_text(str(problem))
