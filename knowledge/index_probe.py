"""A throw-away process that opens a Chroma store, reads all of it and queries it once; it may hang or die of it."""

from __future__ import annotations

import sys
from pathlib import Path

from eutectic.knowledge.index_dense import COLLECTION, client


def main(folder: Path) -> None:
    """Exit with 0 where the store holds together."""
    opened = client(folder)
    if COLLECTION in {item.name for item in opened.list_collections()}:
        collection = opened.get_collection(COLLECTION, None, None)
        everything = collection.get(include=["embeddings"])
        if len(everything["ids"]) != collection.count():
            raise SystemExit(1)
        if everything["ids"]:
            found = collection.query(query_embeddings=[everything["embeddings"][0]], n_results=1, include=[])
            if not found["ids"][0]:
                raise SystemExit(1)
    opened.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
