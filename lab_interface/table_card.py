"""The card of a table of real measurements: where it comes from and what its columns are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from eutectic.core.composition import Basis
from eutectic.core.errors import BadInput
from eutectic.core.objective import Direction
from eutectic.core.record import Record


class InputColumn(Record):
    """A column that holds a process variable."""

    column: str
    name: str = ""
    """What the search space calls it; the column's name where left out."""
    unit: str = ""
    kind: Literal["number", "choice"] = "number"


class PropertyColumn(Record):
    """A column that holds a measured property."""

    column: str
    name: str = ""
    """What objectives call it; the column's name where left out."""
    unit: str
    direction: Direction
    noise: float | None = Field(default=None, ge=0)
    """Relative standard deviation of replicates; from the table's own replicates where left out."""


class TableCard(Record):
    """Everything that must be said before numbers of a table may be used."""

    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    citation: str = ""
    basis: Basis
    scale: Literal["percent", "fraction"]
    """Whether compositions add up to 100 or to 1."""
    components: tuple[str, ...] = Field(min_length=2)
    """Columns that hold the composition; each is named as its component."""
    process: tuple[InputColumn, ...] = ()
    properties: tuple[PropertyColumn, ...] = Field(min_length=1)
    allow_missing: bool = False
    """Whether a property may be empty in some rows; inputs never may."""
    sum_tolerance: float = Field(default=0.01, gt=0, le=0.5)
    """How far a composition may be from the whole, as a share of it, before it is scaled to it."""
    off_sum: Literal["refuse", "drop"] = "refuse"
    """What becomes of rows further off."""

    @model_validator(mode="after")
    def _distinct(self) -> TableCard:
        columns = [*self.components, *(i.column for i in self.process), *(i.column for i in self.properties)]
        double = sorted({name for name in columns if columns.count(name) > 1})
        if double:
            raise ValueError(f"columns {double} are named twice")
        return self


def read_card(path: Path) -> TableCard:
    """The card in a YAML file.

    Raises:
        BadInput: the file cannot be read, or a key is missing, unknown or wrong.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read the card: {error}", where=str(path)) from error
    except yaml.YAMLError as error:
        raise BadInput(f"the card is not YAML: {' '.join(str(error).split())}", where=str(path)) from error
    try:
        return TableCard.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        known = "known are " + ", ".join(TableCard.model_fields)
        raise BadInput(
            first["msg"].removeprefix("Value error, "),
            where=f"{path}: {place}" if place else str(path),
            mend=known if first["type"] in ("extra_forbidden", "missing") else "",
        ) from None
