"""What the reading process sends to its parent: documents and layouts as JSON."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from eutectic.knowledge.reader import Block, PageText, Picture, ReadDocument
from eutectic.knowledge.table import Figure, Table


def encode(read: ReadDocument) -> dict[str, Any]:
    """A document as JSON takes it."""
    plain = asdict(replace(read, tables=(), pictures=(), metadata={}))
    return plain | encode_parts(read.tables, read.pictures) | {"metadata": dict(read.metadata)}


def encode_parts(tables: tuple[Table, ...], pictures: tuple[Picture, ...]) -> dict[str, Any]:
    """Tables and figures as JSON takes them."""
    return {
        "tables": [table.model_dump(mode="json") for table in tables],
        "pictures": [{"figure": item.figure.model_dump(mode="json"), "png": item.png} for item in pictures],
    }


def decode(answer: dict[str, Any]) -> ReadDocument:
    """The document of an answer; it is data of a process that opened a hostile file, so every field is checked."""
    pages = tuple(
        PageText(
            int(page["number"]),
            tuple(Block(str(block["text"]), bool(block["is_heading"])) for block in page["blocks"]),
            tuple(str(text) for text in page["hidden"]),
        )
        for page in answer["pages"]
    )
    tables, pictures = decode_parts(answer)
    metadata = {str(key): str(value) for key, value in answer["metadata"].items()}
    flags = tuple(answer["flags"])
    return ReadDocument(str(answer["reader"]), str(answer["title"]), pages, flags, tables, pictures, metadata)


def decode_parts(answer: dict[str, Any]) -> tuple[tuple[Table, ...], tuple[Picture, ...]]:
    """The tables and figures of an answer."""
    return (
        tuple(Table.model_validate(table) for table in answer["tables"]),
        tuple(Picture(Figure.model_validate(item["figure"]), str(item["png"])) for item in answer["pictures"]),
    )
