"""The exact dense index: every vector in one memory-mapped file, compared one by one; rebuilt from the rows."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class ExactIndex:
    """Vectors of unit length, `n x d` float32, with the chunk of each; nearness is the cosine."""

    def __init__(self, ids: Sequence[str], vectors: np.ndarray) -> None:
        self.ids, self._vectors = list(ids), vectors

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def load(cls, folder: Path, model: str, n: int | None) -> ExactIndex | None:
        """The index of a folder, or None where there is none of this model and size (any, for None) to be read."""
        import numpy as np

        try:
            head = json.loads((folder / "exact.json").read_text(encoding="utf-8"))
            if head["model"] != model or (n is not None and len(head["ids"]) != n):
                return None
            vectors = np.load(folder / head["file"], mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError, EOFError, TypeError):
            return None
        return cls(head["ids"], vectors) if vectors.ndim == 2 and len(vectors) == len(head["ids"]) else None

    def save(self, folder: Path, model: str) -> None:
        """Write the index; the head is put in place last and names the file of the vectors."""
        import numpy as np

        old = {path.name for path in folder.glob("exact-*.npy")}
        name = next(f"exact-{i}.npy" for i in range(len(old) + 1) if f"exact-{i}.npy" not in old)
        with (folder / name).open("wb") as stream:
            np.save(stream, np.ascontiguousarray(self._vectors, dtype=np.float32), allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())
        part = folder / "exact.json.part"
        part.write_text(json.dumps({"model": model, "file": name, "ids": self.ids}), encoding="utf-8")
        part.replace(folder / "exact.json")
        for other in old:
            (folder / other).unlink(missing_ok=True)

    def search(self, vector: np.ndarray, n: int, allowed: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The nearest chunks with their cosines, nearest first, the earlier one first among equals."""
        import numpy as np

        if not self.ids or self._vectors.shape[1] != len(vector):
            return []
        scores = np.asarray(self._vectors @ vector, dtype=np.float64)
        if allowed is not None:
            scores = np.where(np.fromiter((key in allowed for key in self.ids), bool, len(self.ids)), scores, -np.inf)
        places = np.arange(len(scores))
        if len(scores) > n:
            places = np.flatnonzero(scores >= np.partition(scores, len(scores) - n)[len(scores) - n])
        order = places[np.lexsort((places, -scores[places]))][:n]
        return [(self.ids[i], float(scores[i])) for i in order if np.isfinite(scores[i])]
