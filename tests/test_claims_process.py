"""Claims of processing: which way a property goes with a temperature, a time or a speed, and how they are scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_endpoint import completion, serving

from eutectic.agents.cli.main import main
from eutectic.core.claim import Claim, ProcessEffect, ProcessRange, Ranking, Statement
from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.settings import Settings
from eutectic.core.space import ComponentRange, Continuous, SearchSpace
from eutectic.core.trial import Measurement, Observation
from eutectic.knowledge.claim_file import load_claims
from eutectic.knowledge.claim_ledger import ledger
from eutectic.knowledge.claim_proposals import ProposedProcess, proposed_claim
from eutectic.knowledge.claim_sentences import statements_in
from eutectic.knowledge.claim_variables import variable_of
from eutectic.knowledge.claims import for_objectives
from eutectic.knowledge.library import open_library
from eutectic.tools.claim_score import claim_score

HC = Objective(property="Hc", unit="A/m", direction="minimize")
ANNEAL = Continuous(name="anneal_temperature", low=400, high=600, unit="°C")


def process_of(sentence: str) -> set[tuple[str, str, int]]:
    said = [(item.property, item.statement) for item in statements_in(sentence)]
    return {(name, each.variable, each.sign) for name, each in said if isinstance(each, ProcessEffect)}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Raising the annealing temperature from 673 to 773 K decreased Hc.",
            {("coercivity", "anneal_temperature", -1)},
        ),
        ("Lowering the sintering temperature reduced the hardness.", {("hardness", "sinter_temperature", 1)}),
        ("The hardness increased as the ageing time was extended.", {("hardness", "age_time", 1)}),
        (
            "Higher laser power increases the relative density, whereas a higher scan speed reduces it.",
            {("relative density", "laser_power", 1), ("relative density", "scan_speed", -1)},
        ),
        ("硬度随球磨时间的延长而提高。", {("hardness", "mill_time", 1)}),
        ("The annealing temperature had no influence on the hardness.", set()),
        ("The hardness first increases and then decreases with the ageing time.", set()),
        ("The ribbons were annealed at 673 K and their coercivity was measured.", set()),
        ("The electrical conductivity increases with temperature.", set()),
        ("It is unclear whether a longer ageing time increases the hardness.", set()),
    ],
)
def test_the_sign_of_a_process_variable_is_read(sentence: str, expected: set[tuple[str, str, int]]) -> None:
    assert process_of(sentence) == expected


def test_the_best_setting_is_read_in_si_and_not_where_an_alloy_is_what_was_best() -> None:
    said = statements_in("The lowest coercivity was obtained after annealing at 450 °C for 2 h.")
    found = {s.variable: (s.low, s.high) for s in (i.statement for i in said) if isinstance(s, ProcessRange)}
    assert found["anneal_temperature"][0] < 723.15 < found["anneal_temperature"][1]
    assert found["anneal_time"][0] < 7200 < found["anneal_time"][1]
    other = statements_in("The lowest coercivity was found for Fe80B20 annealed at 673 K.")
    assert not [item for item in other if isinstance(item.statement, ProcessRange)]


@pytest.mark.parametrize(
    ("sentence", "order"),
    [
        ("Nb is more effective than Mo in raising the hardness.", ("Nb", "Mo")),
        ("Nb is more effective than Mo in reducing the coercivity.", ("Mo", "Nb")),
        ("The hardness increases in the order Cr, Mo and W.", ("W", "Mo", "Cr")),
    ],
)
def test_comparisons_are_rankings(sentence: str, order: tuple[str, ...]) -> None:
    assert [i.statement for i in statements_in(sentence) if isinstance(i.statement, Ranking)] == [
        Ranking(components=order)
    ]


def observations(seed: int, *, effect: float) -> list[Observation]:
    generator = np.random.default_rng(seed)
    done = []
    for place in range(24):
        cobalt, kelvin = float(generator.uniform(0, 0.3)), float(generator.uniform(400, 600))
        value = 20 - 10 * cobalt + effect * (kelvin - 500) / 100 + float(generator.normal(0, 0.5))
        done.append(
            Observation(
                trial=f"t{place}",
                composition=Composition.of({"Fe": 1 - cobalt, "Co": cobalt}, "at%"),
                process={"anneal_temperature": kelvin},
                measurements=(Measurement(property="Hc", value=value, unit="A/m"),),
                simulated=True,
            )
        )
    return done


def claim(statement: Statement, property: str = "Hc") -> Claim:
    return Claim(property=property, statement=statement, origin="person", author="A", dated="2026-01-02")


def test_the_ledger_scores_claims_of_processing_on_the_settings_that_were_done() -> None:
    down = claim(ProcessEffect(variable="anneal_temperature", sign=-1))
    up = claim(ProcessEffect(variable="anneal_temperature", sign=1))
    best = claim(ProcessRange(variable="anneal_temperature", low=823, high=873))
    standings = ledger([down, up, best], observations(1, effect=-4), [HC], [ANNEAL])
    assert [item.verdict for item in standings] == ["supported", "refuted", "supported"]
    idle = ledger([down, up], observations(2, effect=0), [HC], [ANNEAL])
    assert [item.verdict for item in idle] == ["open", "open"]


def test_a_variable_the_campaign_does_not_set_leaves_the_claim_open_with_the_reason() -> None:
    (item,) = ledger([claim(ProcessEffect(variable="mill_time", sign=1))], observations(1, effect=-4), [HC], [ANNEAL])
    assert item.verdict == "open"
    assert "mill time" in item.statistic


def test_a_claim_of_processing_reaches_a_campaign_that_sets_it_and_steers_no_recipe() -> None:
    said = claim(ProcessEffect(variable="anneal_temperature", sign=-1), "coercivity")
    assert for_objectives([said], [HC], ["Fe", "Co"]) == []
    (kept,) = for_objectives([said], [HC], ["Fe", "Co"], [ANNEAL])
    space = SearchSpace(components=(ComponentRange(name="Fe"), ComponentRange(name="Co")), process=(ANNEAL,))
    assert "steers no recipe" in str(claim_score(kept, space, HC))


@pytest.mark.parametrize("name", ["anneal_temperature", "T_anneal", "annealing temperature (K)", "anneal_c"])
def test_the_campaigns_name_of_a_variable_is_known(name: str) -> None:
    item = Continuous(name=name, low=0, high=1)
    assert variable_of("anneal_temperature", [item, Continuous(name="anneal_time_h", low=0, high=1)]) == item


ANNEALED = "Raising the annealing temperature from 600 K to 700 K decreased the coercivity of the ribbons."
BEST_TIME = "The highest hardness was obtained after ageing for 8 h at 460 K."


def proposed(quote: str, **changes: object) -> Claim | str:
    given = {"property": "coercivity", "variable": "anneal_temperature", "sign": -1} | changes
    item = ProposedProcess("a.pdf", 2, quote, **given)  # type: ignore[arg-type]
    pages = {2: f"{ANNEALED} {BEST_TIME}"}
    return proposed_claim(
        item, lambda page, words: words if words in pages.get(page, "") else None, "a-model", "2026-01-02"
    )


def test_a_models_claim_of_processing_is_read_again_from_its_quote() -> None:
    claim = proposed(ANNEALED)
    assert isinstance(claim, Claim)
    assert claim.statement == ProcessEffect(variable="anneal_temperature", sign=-1)
    assert (claim.origin, claim.author, claim.trust, claim.evidence[0].page) == ("model", "a-model", 0.3, 2)
    best = proposed(BEST_TIME, property="hardness", variable="age_time", sign=0, low=8, high=8, unit="h")
    assert isinstance(best, Claim)
    assert best.statement == ProcessRange(variable="age_time", low=28800, high=28800)


@pytest.mark.parametrize(
    ("quote", "changes", "reason"),
    [
        ("The annealing temperature lowers everything.", {}, "does not stand on page"),
        (ANNEALED, {"property": "hardness"}, "does not name the property"),
        (ANNEALED, {"variable": "mill_time"}, "does not name the variable"),
        (ANNEALED, {"sign": 1}, "the opposite"),
        (ANNEALED, {"sign": 0, "low": 600, "high": 700, "unit": "K"}, "nothing is best"),
        (
            BEST_TIME,
            {"property": "hardness", "variable": "age_time", "sign": 0, "low": 8, "high": 9, "unit": "h"},
            "is not in",
        ),
        (
            BEST_TIME,
            {"property": "hardness", "variable": "age_time", "sign": 0, "low": 8, "high": 8, "unit": "K"},
            "unit",
        ),
    ],
)
def test_a_models_claim_that_its_quote_does_not_say_is_none(
    quote: str, changes: dict[str, object], reason: str
) -> None:
    claim = proposed(quote, **changes)
    assert isinstance(claim, str)
    assert reason in claim


def test_claims_a_model_proposes_are_written_as_a_file_that_a_campaign_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text(f"# Ribbons\n\n{ANNEALED}\n")
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path / "a.md"])
    stated = {"passage": "p1", "property": "coercivity", "variable": "anneal_temperature", "sign": -1}
    made_up, said = [
        completion({"records": [], "process_claims": [{"quote": quote, **stated}], "note": ""})
        for quote in ("Annealing temperature lowered the coercivity, as everybody knows.", ANNEALED)
    ]
    given = ["records", "--library", str(tmp_path / "library"), "--save-claims", str(tmp_path / "claims.yaml")]
    with serving(made_up, said) as endpoint:
        monkeypatch.setenv("EUTECTIC_MODEL", "fake")
        monkeypatch.setenv("EUTECTIC_BASE_URL", endpoint.url)
        monkeypatch.setenv("EUTECTIC_API_KEY", "none")
        assert main(given) != 0, "without --propose nothing proposes claims"
        assert main([*given, "--propose"]) == 0
    (kept,) = load_claims(tmp_path / "claims.yaml")
    assert (kept.statement, kept.evidence[0].text) == (ProcessEffect(variable="anneal_temperature", sign=-1), ANNEALED)
