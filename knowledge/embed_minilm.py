"""The local MiniLM embedder: a small sentence model run by onnxruntime, with no download at run time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.core.errors import IndexBroken
from eutectic.core.settings import home

if TYPE_CHECKING:
    import numpy as np

LONGEST = 256
"""Word pieces the model was trained to see."""
_BATCH = 16


def model_folder() -> Path:
    """Where `eutectic library embedder` puts the model: `EUTECTIC_MINILM`, or `models/minilm` in the home folder."""
    given = os.environ.get("EUTECTIC_MINILM")
    return Path(given).expanduser() if given else home() / "models" / "minilm"


def is_set_up() -> bool:
    """Whether the model is there."""
    return (model_folder() / "model.json").is_file()


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 (Apache-2.0): 384 dimensions, mean of the last layer, unit length.

    DOI 10.48550/arXiv.2002.10957 (Wang et al. 2020), 10.18653/v1/D19-1410 (Reimers and Gurevych 2019).

    Raises:
        IndexBroken: the model is not set up, or its files are damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            head = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            self.id = f"minilm:{head['weights_sha256'][:12]}"
        except (OSError, ValueError, KeyError) as error:
            what = "is not set up" if isinstance(error, FileNotFoundError) else "cannot be read"
            mend = "run eutectic library embedder, or unset EUTECTIC_EMBEDDING_MODEL"
            raise IndexBroken(f"the MiniLM model {what}", where=str(folder), mend=mend) from error

    def embed(self, texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> np.ndarray:
        """See `Embedder.embed`."""
        import numpy as np

        session, tokenizer = _load(self._folder)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), session.get_outputs()[0].shape[1]), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            encoded = tokenizer.encode_batch([texts[i] for i in part])
            ids = np.array([item.ids for item in encoded], dtype=np.int64)
            mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
            vectors[part] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


@cache
def _load(folder: Path) -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    try:
        head = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        graph = (folder / "model.onnx").read_bytes()
        if hashlib.sha256(graph).hexdigest() != head["graph_sha256"]:
            raise ValueError("its hash is not the one it was built with")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the tokenizers package raises bare exceptions
        raise IndexBroken(
            f"the MiniLM model is damaged: {error}", where=str(folder), mend="run eutectic library embedder again"
        ) from error
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS") or 0)
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]), tokenizer
