"""The search space: components with bounds and step, rules on shares, presence and price, and process variables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from eutectic.core.composition import PPM, Basis, Composition
from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.presence import PresenceRule
from eutectic.core.quantity import Share, SignedShare
from eutectic.core.recipe_price import mass_per_share, price_per_kg
from eutectic.core.record import Record

Value = float | int | str
"""The value of a process variable."""


class ComponentRange(Record):
    """One component that may be part of the composition."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.()\-]*$")
    min: Share = 0.0
    """Least share; 0 unless the component must be present."""
    max: Share = 1.0
    """Largest share."""
    step: Share = 0.001
    """What the balance or pipette resolves; shares are whole multiples of it."""
    min_dose: Share = 0.0
    """Least share when present at all: a share lies at 0 or between this and `max`."""
    price: float | None = Field(default=None, ge=0)
    """Money per kg, for the cost of a recipe."""

    @model_validator(mode="after")
    def _ordered(self) -> ComponentRange:
        if self.min > self.max:
            raise ValueError(f"{self.name}: min {self.min:g} is above max {self.max:g}: write min below max")
        if self.step <= 0 or abs(self.step * PPM - round(self.step * PPM)) > 1e-6:
            raise ValueError(
                f"{self.name}: step {self.step:g} must be a positive whole number of ppm: write such as 0.5%"
            )
        if self.step > self.max > 0:
            raise ValueError(
                f"{self.name}: step {self.step:g} is above max {self.max:g}, leaving only 0: write a smaller step"
            )
        if self.min_dose > self.max:
            raise ValueError(f"{self.name}: min_dose {self.min_dose:g} is above max {self.max:g}: write a smaller one")
        return self


class LinearRule(Record):
    """A linear rule on shares: the sum of factor times share, against a value.

    In a file either `terms: {Fe: 1, Co: -1}` or, for factors of 1, `sum: [Fe, Co]`.
    """

    name: str = ""
    """What messages call it; made from the terms where it is left out."""
    terms: dict[str, float] = Field(min_length=1)
    relation: Literal["==", "<=", ">="]
    value: SignedShare

    @model_validator(mode="before")
    @classmethod
    def _from_sum(cls, given: Any) -> Any:
        if isinstance(given, dict) and "sum" in given:
            given = dict(given)
            names = given.pop("sum")
            if "terms" in given:
                raise ValueError("a rule has either terms or sum: write one of them")
            if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
                raise ValueError("sum takes a list of components: write sum: [Fe, Co]")
            if len(set(names)) != len(names):
                raise ValueError(f"a component stands twice in sum {list(names)}: write each once")
            given["terms"] = dict.fromkeys(names, 1.0)
        return given

    @model_validator(mode="after")
    def _named(self) -> LinearRule:
        if not self.name:
            left = " ".join(f"{factor:+g}*{name}" for name, factor in self.terms.items())
            object.__setattr__(self, "name", f"{left} {self.relation} {self.value:g}")
        return self


class Continuous(Record):
    """A process variable on an interval, such as an anneal temperature."""

    kind: Literal["continuous"] = "continuous"
    name: str = Field(min_length=1, max_length=64)
    low: float
    high: float
    step: float | None = Field(default=None, gt=0)
    """What the instrument resolves; values are `low` plus whole multiples."""
    unit: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Continuous:
        if not self.low < self.high:
            raise ValueError(f"{self.name}: low {self.low:g} is not below high {self.high:g}: write low below high")
        return self


class Integer(Record):
    """A process variable that is a whole number, such as a count of layers."""

    kind: Literal["integer"] = "integer"
    name: str = Field(min_length=1, max_length=64)
    low: int
    high: int
    unit: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Integer:
        if not self.low < self.high:
            raise ValueError(f"{self.name}: low {self.low} is not below high {self.high}: write low below high")
        return self


class Categorical(Record):
    """A process variable with named choices, such as the atmosphere."""

    kind: Literal["categorical"] = "categorical"
    name: str = Field(min_length=1, max_length=64)
    choices: tuple[str, ...] = Field(min_length=2)
    unit: str = ""


ProcessVariable = Annotated[Continuous | Integer | Categorical, Field(discriminator="kind")]


class SearchSpace(Record):
    """Everything that may be proposed; see `eutectic.tools.feasibility` for whether anything may."""

    basis: Basis = "at%"
    components: tuple[ComponentRange, ...] = Field(min_length=2)
    rules: tuple[LinearRule, ...] = ()
    max_components: int | None = Field(default=None, ge=1)
    """At most so many components with a share above 0."""
    min_components: int | None = Field(default=None, ge=1)
    """At least so many."""
    presence: tuple[PresenceRule, ...] = ()
    """Which components go together, never together, or need others."""
    max_price: float | None = Field(default=None, ge=0)
    """Money per kg of recipe at most; every component that may be present then needs a `price`."""
    process: tuple[ProcessVariable, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> SearchSpace:
        names = [item.name for item in (*self.components, *self.process)]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise ValueError(f"{double} stand twice among components and process variables: write each once")
        if self.basis == "at%":
            strange = [name for name in self.component_names if not is_element(name)]
            if strange:
                raise ValueError(f"{strange} are not chemical elements: basis at% counts atoms; use mol%, wt% or vol%")
        for rule in self.rules:
            unknown = sorted(set(rule.terms) - set(self.component_names))
            if unknown:
                raise ValueError(
                    f"rule {rule.name!r} names {unknown}, which are not components: use {', '.join(names)}"
                )
        for item in self.presence:
            unknown = sorted({*item.of, *item.requires} - set(self.component_names))
            if unknown:
                raise ValueError(
                    f"presence rule {item.words()!r} names {unknown}, which are not components: use {', '.join(names)}"
                )
        least, most = self.min_components or 1, self.max_components or len(self.components)
        if not least <= min(most, len(self.components)):
            raise ValueError(f"min_components {least} is more than there may be: write at most {most}")
        self._check_price()
        return self

    def _check_price(self) -> None:
        if self.max_price is None:
            return
        if self.unpriced:
            raise ValueError(f"max_price needs the price of every component: {list(self.unpriced)} have none")
        try:
            for name in self.component_names:
                mass_per_share(name, self.basis)
        except BadInput as error:
            raise ValueError(str(error)) from error

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Components that may be present and have no price."""
        return tuple(item.name for item in self.components if item.price is None and item.max > 0)

    @property
    def component_names(self) -> tuple[str, ...]:
        """Names of the components, in the order given."""
        return tuple(component.name for component in self.components)

    def violations(self, composition: Composition, process: dict[str, Value] | None = None) -> list[str]:
        """Every rule of this space that a composition with its process values breaks, in words; empty when none."""
        found = self._composition_violations(composition)
        process = process or {}
        for extra in sorted(set(process) - {variable.name for variable in self.process}):
            found.append(f"{extra!r} is not a process variable")
        for variable in self.process:
            if variable.name not in process:
                found.append(f"process variable {variable.name!r} is missing")
            elif (message := _process_violation(variable, process[variable.name])) is not None:
                found.append(message)
        return found

    def _composition_violations(self, composition: Composition) -> list[str]:
        tolerance = 1.5e-6
        found = []
        if composition.basis != self.basis:
            return [f"basis is {composition.basis}, the space is in {self.basis}"]
        known = {component.name: component for component in self.components}
        found += [f"{name!r} is not a component" for name in composition.fractions if name not in known]
        for name, component in known.items():
            share = composition.fractions.get(name, 0.0)
            if not component.min - tolerance <= share <= component.max + tolerance:
                found.append(f"{name} {share:.6g} is outside {component.min:g} to {component.max:g}")
            if 0 < share < component.min_dose - tolerance:
                found.append(f"{name} {share:.6g} is below its least dose {component.min_dose:g}")
            steps = share / component.step
            if abs(steps - round(steps)) * component.step > tolerance:
                found.append(f"{name} {share:.6g} is not a multiple of its step {component.step:g}")
        for rule in self.rules:
            left = sum(factor * composition.fractions.get(name, 0.0) for name, factor in rule.terms.items())
            slack = tolerance * max(1.0, sum(abs(factor) for factor in rule.terms.values()))
            broken = {
                "==": abs(left - rule.value) > slack,
                "<=": left > rule.value + slack,
                ">=": left < rule.value - slack,
            }[rule.relation]
            if broken:
                found.append(f"rule {rule.name!r} is broken: the left side is {left:.6g}")
        if self.max_components is not None and len(composition.fractions) > self.max_components:
            found.append(f"{len(composition.fractions)} components, at most {self.max_components} are allowed")
        if self.min_components is not None and len(composition.fractions) < self.min_components:
            found.append(f"{len(composition.fractions)} components, at least {self.min_components} are needed")
        found += [
            f"presence is broken: {item.words()}" for item in self.presence if not item.holds(composition.fractions)
        ]
        if self.max_price is not None and not set(composition.fractions) - set(known):
            price = price_per_kg(composition.fractions, {c.name: c.price or 0.0 for c in self.components}, self.basis)
            if price > self.max_price * (1 + 1e-6) + 1e-9:
                found.append(f"the price {price:.6g} per kg is above {self.max_price:g}")
        return found


def _process_violation(variable: Continuous | Integer | Categorical, value: Value) -> str | None:
    if isinstance(variable, Categorical):
        return None if value in variable.choices else f"{variable.name} {value!r} is not one of {variable.choices}"
    if isinstance(value, str | bool):
        return f"{variable.name} {value!r} is not a number"
    if not variable.low - 1e-9 <= value <= variable.high + 1e-9:
        return f"{variable.name} {value:g} is outside {variable.low:g} to {variable.high:g}"
    if isinstance(variable, Integer) and value != int(value):
        return f"{variable.name} {value:g} is not a whole number"
    if isinstance(variable, Continuous) and variable.step is not None:
        steps = (value - variable.low) / variable.step
        if abs(steps - round(steps)) > 1e-6:
            return f"{variable.name} {value:g} is not {variable.low:g} plus a multiple of {variable.step:g}"
    return None
