"""Corrections: a later version of a result, with why and by whom; the first version stays where it was written."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pydantic import Field

from eutectic.core.record import Record
from eutectic.core.trial import Observation


class Correction(Record):
    """One later version of the observation of a trial."""

    trial: str
    version: int = Field(ge=2)
    observation: Observation
    reason: str = Field(min_length=1, max_length=2000)
    by: str = Field(default="", max_length=80)
    """Who corrected it; empty where nobody was named."""
    file_sha256: str = ""
    """Of the file it came in."""

    @property
    def slot(self) -> str:
        """Its slot in the notebook, such as `r03-s02/v2`."""
        return f"{self.trial}/v{self.version}"


@runtime_checkable
class KeepsVersions(Protocol):
    """A lab whose results may be corrected after they were given."""

    def corrections(self) -> tuple[Correction, ...]:
        """Every later version of a result, in the order they came."""
        ...
