"""Rules on which components may stand in one recipe: never together, only together, at least or at most so many."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import Field, model_validator

from eutectic.core.record import Record


class PresenceRule(Record):
    """A rule on presence, whatever the shares: `{of: [Pd, Pt, Ru], at_most: 1}`, `{of: [Li, F], together: true}`.

    In a file `{never: [Fe, Cu]}` may stand for `{of: [Fe, Cu], at_most: 1}`.
    """

    of: tuple[str, ...] = Field(min_length=1)
    """The components that the rule speaks of."""
    at_most: int | None = Field(default=None, ge=0)
    """At most so many of them in one recipe."""
    at_least: int | None = Field(default=None, ge=1)
    """At least so many of them in every recipe."""
    together: bool = False
    """All of them or none."""
    requires: tuple[str, ...] = ()
    """Where any of them is present, all of these are too."""

    @model_validator(mode="before")
    @classmethod
    def _from_never(cls, given: Any) -> Any:
        if isinstance(given, dict) and "never" in given:
            if set(given) != {"never"}:
                raise ValueError("never stands alone: write {never: [Fe, Cu]}, or of with at_most")
            return {"of": given["never"], "at_most": 1}
        return given

    @model_validator(mode="after")
    def _check(self) -> PresenceRule:
        if self.at_most is None and self.at_least is None and not self.together and not self.requires:
            raise ValueError(f"presence of {list(self.of)} says nothing: write at_most, at_least, together or requires")
        named = (*self.of, *self.requires)
        if len(set(named)) != len(named):
            raise ValueError(f"a component stands twice in the presence rule {self.words()!r}: write each once")
        for what, count in (("at_most", self.at_most), ("at_least", self.at_least)):
            if count is not None and count > len(self.of):
                raise ValueError(f"{what} {count} is more than the {len(self.of)} components {list(self.of)}")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} is above at_most {self.at_most}: write it below")
        return self

    def words(self) -> str:
        """The rule in words, such as `at most 1 of Pd, Pt, Ru`."""
        names = ", ".join(self.of)
        said = []
        if self.at_most is not None:
            never = self.at_most == 1 and len(self.of) > 1
            said.append(f"never together: {names}" if never else f"at most {self.at_most} of {names}")
        if self.at_least is not None:
            said.append(f"at least {self.at_least} of {names}")
        if self.together:
            said.append(f"all or none of {names}")
        if self.requires:
            said.append(f"{' or '.join(self.of)} only with {' and '.join(self.requires)}")
        return "; ".join(said)

    def holds(self, present: Collection[str]) -> bool:
        """Whether a recipe with these components present keeps the rule."""
        count = sum(name in present for name in self.of)
        if self.at_most is not None and count > self.at_most:
            return False
        if self.at_least is not None and count < self.at_least:
            return False
        if self.together and count not in (0, len(self.of)):
            return False
        return not count or all(name in present for name in self.requires)

    def rows(self) -> list[tuple[dict[str, int], int]]:
        """The rule as inequalities on presence bits z: each a row of factors whose sum may not pass a value."""
        found: list[tuple[dict[str, int], int]] = []
        if self.at_most is not None:
            found.append((dict.fromkeys(self.of, 1), self.at_most))
        if self.at_least is not None:
            found.append((dict.fromkeys(self.of, -1), -self.at_least))
        if self.together:
            found += [({one: 1, other: -1}, 0) for one, other in zip(self.of, (*self.of[1:], self.of[0]), strict=True)]
        found += [({name: 1, needed: -1}, 0) for name in self.of for needed in self.requires]
        return found
