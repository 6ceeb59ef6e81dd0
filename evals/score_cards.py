"""Frozen score cards: what a language model remembered of a table's subject before any of its values was looked at."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

from eutectic.core.claim import Claim


def card(name: str, *, own: bool = True) -> tuple[Claim, ...]:
    """The claims of a table's card; none where it has no card.

    Args:
        name: The table.
        own: Whether to keep claims that may rest on the table itself.
    """
    path = files("eutectic.evals").joinpath("cards", f"{name}.yaml")
    if not path.is_file():
        return ()
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    claims = []
    for item in data["claims"]:
        said = {key: value for key, value in item.items() if key not in ("trust", "note", "author")}
        if "composition" in said:
            parts = [{"component": key, "fraction": value} for key, value in said["composition"].items()]
            said["composition"] = {"basis": data["basis"], "parts": parts}
        claims.append(
            Claim.model_validate(
                {
                    "property": "y",
                    "basis": data["basis"],
                    "origin": "model",
                    "author": item.get("author", data["author"]),
                    "dated": data["dated"],
                    "trust": item["trust"],
                    "note": item["note"],
                    "statement": said,
                }
            )
        )
    return tuple(claim for claim in claims if own or claim.author not in data["own"])
