"""The claims file: YAML or JSON that a person reads, edits and hands to a campaign."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eutectic.core.claim import Claim
from eutectic.core.errors import BadInput, StorageFailed

_MOST = 2_000
_HEAD = "# Claims of Eutectic: testable statements. `eutectic claims --check FILE` checks it.\n"


def load_claims(path: Path) -> tuple[Claim, ...]:
    """The claims of a file: a list of claims, or a mapping with the list under `claims`.

    Raises:
        BadInput: the file cannot be read, or a claim does not hold; says which and how to mend it.
    """
    import yaml

    where = path.name
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(
            f"the claims file cannot be read: {error.strerror}", where=str(path), mend="check the path"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput("not YAML or JSON", where=where, mend=" ".join(str(error).split())[:200]) from error
    items = data.get("claims") if isinstance(data, dict) else data
    if not isinstance(items, list) or len(items) > _MOST:
        raise BadInput(f"holds no list of at most {_MOST} claims", where=where, mend="begin with `claims:` and a list")
    claims = [_read(item, f"{where}: claim {number}") for number, item in enumerate(items, start=1)]
    double = [claim.id for place, claim in enumerate(claims) if claim.id in {other.id for other in claims[:place]}]
    if double:
        raise BadInput(f"the same statement stands twice (id {double[0]})", where=where, mend="remove one of them")
    return tuple(claims)


def claims_text(claims: Sequence[Claim]) -> str:
    """Claims as YAML that `load_claims` reads back."""
    import yaml

    plain = [_plain(claim) for claim in claims]
    return _HEAD + yaml.safe_dump({"claims": plain}, sort_keys=False, allow_unicode=True, width=110)


def save_claims(path: Path, claims: Sequence[Claim]) -> None:
    """Write a claims file (JSON where its name ends so).

    Raises:
        StorageFailed: it cannot be written.
    """
    is_json = path.suffix.lower() == ".json"
    text = (
        json.dumps({"claims": [_plain(claim) for claim in claims]}, indent=2, ensure_ascii=False)
        if is_json
        else claims_text(claims)
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageFailed(f"cannot write: {error.strerror}", where=str(path), mend="name another file") from error


def _plain(claim: Claim) -> dict[str, Any]:
    data = claim.model_dump(mode="json", exclude_defaults=True)
    data["statement"] = claim.statement.model_dump(mode="json")
    return data


def _read(item: Any, where: str) -> Claim:
    if isinstance(item, dict) and hasattr(item.get("dated"), "isoformat"):
        item = item | {"dated": item["dated"].isoformat()}
    try:
        return Claim.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{place}: {first['msg']}" if place else str(first["msg"]),
            where=where,
            mend="give property, statement (kind: effect, synergy, range, ranking, optimum, estimates), origin, author "
            "and dated",
        ) from error
