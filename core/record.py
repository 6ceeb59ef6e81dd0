"""The base of everything that crosses a seam: frozen pydantic records, canonical JSON and hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Record(BaseModel):
    """A frozen value: unknown keys are errors, NaN and infinity are errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy that forgets what was computed from the old values: pydantic's own keeps cached properties."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied


class Grown(Record):
    """A record that got fields after notebooks were written with it.

    Fields named in `later` are left out of the JSON while they stand at their default, so that what was written
    before keeps its bytes and its hash.
    """

    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = handler(self)
        fields = type(self).model_fields
        for name in self.later:
            if name in found and getattr(self, name) == fields[name].default:
                del found[name]
        return found


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no NaN.

    Raises:
        ValueError: for NaN or infinity anywhere in the value.
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(value: Any) -> str:
    """Hex SHA-256 of the canonical JSON of a value (of the bytes, for bytes)."""
    data = value if isinstance(value, bytes) else canonical_json(value).encode()
    return hashlib.sha256(data).hexdigest()


def significant(value: float, digits: int = 5) -> float:
    """A float rounded to so many significant digits, so that questions stay equal across machines."""
    return float(f"{value:.{digits}g}")
