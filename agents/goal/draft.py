"""A goal as far as a sentence states it, the questions it leaves open, and the spec it makes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError

from eutectic.agents.goal.asking import Language, abilities, ask
from eutectic.agents.goal.laws import law_for
from eutectic.core.composition import Basis
from eutectic.core.errors import BadInput
from eutectic.core.objective import Direction
from eutectic.core.record import Record
from eutectic.core.space import Continuous, LinearRule
from eutectic.core.spec import ApprovalPolicy, CampaignSpec, LabSpec, MindSpec


class Wish(Record):
    """What is wanted of one property."""

    property: str
    unit: str
    direction: Direction
    target: float | None = None
    tolerance: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    role: Literal["optimize", "constrain"] = "optimize"
    is_stated: bool = True
    """False where the direction is the usual one of the property and the sentence gave none."""


class Bounds(Record):
    """One component with the shares the sentence gives it."""

    name: str
    min: float | None = None
    max: float | None = None


class GoalDefaults(Record):
    """What holds where a sentence says nothing."""

    experiments: int | None = None
    """None: ask."""
    batch: int = 4
    lab: LabSpec = LabSpec()
    """A simulated lab without settings takes the law that fits the goal."""
    approval: ApprovalPolicy | None = None
    """None: automatic in a simulated lab, a person elsewhere."""
    mind: MindSpec = MindSpec()
    seed: int = 0


class Doubt(Record):
    """A reading that needs the user's word."""

    about: tuple[str, ...]
    """Components, properties or counts that it concerns; settled once a later sentence states them all."""
    text: str
    """The question in the user's language."""


class GoalDraft(Record):
    """The parts of a goal that were understood, and every word that was not."""

    text: str
    language: Language
    objectives: tuple[Wish, ...] = ()
    components: tuple[Bounds, ...] = ()
    rules: tuple[LinearRule, ...] = ()
    excluded: tuple[str, ...] = ()
    max_components: int | None = None
    basis: Basis | None = None
    process: tuple[Continuous, ...] = ()
    experiments: int | None = None
    batch: int | None = None
    money: float | None = None
    currency: str | None = None
    hours: float | None = None
    lab: str | None = None
    doubts: tuple[Doubt, ...] = ()
    unaccounted: tuple[str, ...] = ()
    """Words that no rule accounts for."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a goal was found."""
        silent = {"text", "language", "unaccounted", "doubts"}
        return all(value in (None, ()) for key, value in self if key not in silent)

    @property
    def stated(self) -> set[str]:
        """What the sentence gives numbers or a direction for: components, properties, counts."""
        found = {item.name for item in self.components if (item.min, item.max) != (None, None)}
        found |= {name for rule in self.rules for name in rule.terms} | set(self.excluded)
        found |= {wish.property for wish in self.objectives}
        found |= {key for key in ("experiments", "batch", "lab", "basis") if getattr(self, key) is not None}
        return found

    def questions(self, defaults: GoalDefaults | None = None) -> list[str]:
        """What must be answered before there is a spec, in the language of the user."""
        found = [doubt.text for doubt in self.doubts]
        if not self.objectives:
            found.append(ask(self.language, "objective"))
        for wish in self.objectives:
            if wish.direction == "target" and wish.target is None:
                found.append(ask(self.language, "target", wish.property, wish.unit))
            elif wish.target is not None and wish.tolerance is None:
                example = abs(wish.target) / 20 or 0.1
                found.append(ask(self.language, "tolerance", wish.property, wish.unit, wish.target, example))
        if len(self.components) < 2:
            found.append(ask(self.language, "components"))
        if self.experiments is None and (defaults or GoalDefaults()).experiments is None:
            found.append(ask(self.language, "experiments"))
        return found

    def merged(self, edit: GoalDraft) -> GoalDraft:
        """This goal with every part that a later sentence states put in place of the earlier one."""
        changes: dict[str, Any] = {
            key: value for key, value in edit if key not in ("text", "doubts") and value not in (None, ())
        }
        components = {item.name: item for item in self.components if item.name not in edit.excluded}
        for item in edit.components:
            old = components.get(item.name, item)
            low, high = item.min, item.max
            components[item.name] = Bounds(
                name=item.name, min=old.min if low is None else low, max=old.max if high is None else high
            )
        wishes = {item.property: item for item in self.objectives}
        for wish in edit.objectives:
            wishes[wish.property] = wish
        process = {item.name: item for item in (*self.process, *edit.process)}
        replaced = [(rule.terms, rule.relation) for rule in edit.rules]
        excluded = {*self.excluded, *edit.excluded} - {item.name for item in edit.components}
        changes |= {
            "text": f"{self.text}; {edit.text}",
            "language": edit.language,
            "components": tuple(components.values()),
            "objectives": tuple(wishes.values()),
            "process": tuple(process.values()),
            "rules": tuple(r for r in self.rules if (r.terms, r.relation) not in replaced) + edit.rules,
            "excluded": tuple(sorted(excluded)),
            "doubts": tuple(d for d in self.doubts if not set(d.about) <= edit.stated) + edit.doubts,
            "unaccounted": self.unaccounted + edit.unaccounted,
        }
        return self.model_copy(update=changes)

    def to_spec(self, defaults: GoalDefaults | None = None) -> CampaignSpec:
        """The campaign spec of this goal.

        Raises:
            BadInput: words are unaccounted for, a question is open, or the parts contradict each other.
        """
        known = defaults or GoalDefaults()
        if self.unaccounted:
            words = ", ".join(repr(word) for word in self.unaccounted)
            what = f"未能理解:{words}" if self.language == "zh" else f"these words are not accounted for: {words}"
            raise BadInput(what, where="goal", mend=abilities(self.language))
        if open_questions := self.questions(known):
            raise BadInput(" ".join(open_questions), where="goal")
        clash = sorted({item.name for item in self.components} & set(self.excluded))
        if clash:
            raise BadInput(f"{', '.join(clash)} is asked for and ruled out", where="goal", mend="say which holds")
        try:
            return CampaignSpec.model_validate(self._fields(known))
        except ValidationError as error:
            message = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            raise BadInput(message, where="goal", mend="say it again without the contradiction") from None

    def _fields(self, known: GoalDefaults) -> dict[str, Any]:
        lab = known.lab if self.lab in (None, known.lab.kind) else LabSpec(kind=self.lab)
        if lab.kind == "simulated" and not lab.settings:
            units = {wish.property: wish.unit for wish in self.objectives}
            process = {item.name: item.unit for item in self.process}
            law = law_for([item.name for item in self.components], units, process, self.basis or "at%")
            lab = LabSpec(kind="simulated", settings={"law": law})
        approval = known.approval or ApprovalPolicy(mode="auto" if lab.kind == "simulated" else "person")
        parts = [item.name for item in self.components] + [wish.property for wish in self.objectives[:1]]
        name = "-".join(part.lower().replace("_", "-") for part in parts)[:48].strip("-")
        return {
            "name": name,
            "goal": self.text[:4000],
            "space": {
                "basis": self.basis or "at%",
                "components": [item.model_dump(exclude_none=True) for item in self.components],
                "rules": self.rules,
                "max_components": self.max_components,
                "process": self.process,
            },
            "objectives": [wish.model_dump(exclude={"is_stated"}) for wish in self.objectives],
            "budget": {
                "experiments": self.experiments or known.experiments,
                "money": self.money,
                "currency": self.currency or "USD",
                "hours": self.hours,
            },
            "batch": self.batch or known.batch,
            "lab": lab,
            "approval": approval,
            "mind": known.mind,
            "seed": known.seed,
        }
