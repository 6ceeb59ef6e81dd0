"""From a designer's choice to trials: own recipes within limits, unknown candidates, repeats and gaps."""

from eutectic.agents.decisions.designer import Choice
from eutectic.agents.graph.batch import Batch, assemble
from eutectic.core.composition import Composition
from eutectic.core.notebook import CampaignView
from eutectic.core.optimizer import Advice, Proposal
from eutectic.core.space import ComponentRange, Continuous, SearchSpace
from eutectic.core.trial import Quote, Trial

SPACE = SearchSpace(
    components=(ComponentRange(name="Fe", step=0.05), ComponentRange(name="Co", max=0.5, step=0.05)),
    process=(Continuous(name="anneal_C", low=300, high=600, step=50),),
)


def offer(cobalt: float, source: str = "optimizer") -> Proposal:
    shares = {"Fe": 1 - cobalt, "Co": cobalt}
    return Proposal.model_validate(
        {"composition": Composition.of(shares), "process": {"anneal_C": 400.0}, "source": source, "why": f"co {cobalt}"}
    )


ADVICE = Advice(batch=(offer(0.1), offer(0.2), offer(0.3)), alternatives=(offer(0.4), offer(0.5)), surrogate="gp")


def own(cobalt: float, anneal: float = 400.0) -> dict:
    return {
        "candidate": "",
        "parts": [{"component": "Fe", "fraction": round(1 - cobalt, 6)}, {"component": "Co", "fraction": cobalt}],
        "process": [{"name": "anneal_C", "value": anneal}],
        "why": "mine",
    }


def pick(name: str) -> dict:
    return {"candidate": name, "parts": [], "process": [], "why": f"takes {name}"}


def made(*trials: dict, own_allowed: int = 1, view: CampaignView | None = None):
    choice = Choice.model_validate({"trials": trials, "note": ""})
    quotes = (Quote(document="a", page=1, text="Co raises Bs"),)
    return assemble(Batch(2, ADVICE, choice, quotes, own_allowed), view or CampaignView(), SPACE)


def cobalt(found) -> list[float]:
    return [round(trial.composition.fractions.get("Co", 0.0), 6) for trial in found.trials]


def test_the_choice_comes_first_and_the_optimiser_fills_what_is_left() -> None:
    found = made(pick("c05"))
    assert cobalt(found) == [0.5, 0.1, 0.2] and found.notes == ()
    assert [trial.id for trial in found.trials] == ["r02-s01", "r02-s02", "r02-s03"]
    assert found.trials[0].why == "takes c05"


def test_an_own_recipe_is_taken_with_its_evidence_and_only_as_many_as_allowed() -> None:
    found = made(own(0.25), own(0.15))
    assert cobalt(found) == [0.25, 0.1, 0.2]
    assert found.trials[0].source == "model" and found.trials[0].evidence
    assert "at most 1" in found.notes[0]


def test_what_cannot_be_made_is_left_out_with_the_reason() -> None:
    found = made(pick("c99"), own(0.75), own(0.2, anneal=410), own_allowed=3)
    assert cobalt(found) == [0.1, 0.2, 0.3]
    assert "c99" in found.notes[0] and "outside" in found.notes[1] and "multiple" in found.notes[2]


def test_no_recipe_stands_twice_and_none_that_was_measured() -> None:
    view = CampaignView()
    old = Trial(id="r01-s01", composition=offer(0.1).composition, process={"anneal_C": 400.0}, source="initial", why="")
    view._on_trial(old.id, old.model_dump(mode="json"))
    found = made(pick("c02"), pick("c02"), own(0.1), view=view)
    assert cobalt(found) == [0.2, 0.3, 0.4]


def test_a_repeat_that_was_asked_for_comes_first() -> None:
    view = CampaignView()
    old = Trial(id="r01-s01", composition=offer(0.1).composition, process={"anneal_C": 400.0}, source="initial", why="")
    view._on_trial(old.id, old.model_dump(mode="json"))
    view.repeat = ["r01-s01"]
    found = made(pick("c02"), view=view)
    assert cobalt(found)[0] == 0.1 and found.trials[0].purpose == "replicate"
