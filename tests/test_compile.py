"""Compiling: whole doses that add up, near the wanted composition, the same every time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_bench import CAMPAIGN, abilities, protocol_of, shares, spec_of, trials_of

from eutectic.core.composition import Composition
from eutectic.core.elements import element
from eutectic.core.errors import BadInput
from eutectic.core.record import canonical_json
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.dispense import Limits
from eutectic.lab_interface.doses import doses_for
from eutectic.lab_interface.labels import is_label, sample_label
from eutectic.lab_interface.stock_contents import Source, made_of, sources
from eutectic.lab_interface.weights import weights

ELEMENTS = ("Al", "B", "Co", "Fe", "Ni", "Si", "W")


@st.composite
def compositions(draw: st.DrawFn, basis: str = "at%") -> Composition:
    """Any composition of up to seven elements, in steps of 0.1 %."""
    names = draw(st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=7, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=len(names) - 1, max_size=len(names) - 1)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]
    return Composition.of({n: p / 1000 for n, p in zip(names, parts, strict=True)}, basis)


@settings(max_examples=60, deadline=None)
@given(wanted=compositions(), total=st.sampled_from([200, 2000, 100_000]))
def test_doses_add_up_and_miss_the_wanted_shares_by_less_than_ticks(wanted: Composition, total: int) -> None:
    factors = weights(ELEMENTS, "at%", "1 mg").factors
    given = sources(ELEMENTS, "at%", "1 mg")
    ticks = doses_for(wanted.fractions, given, Limits(1, total, total))
    assert sum(ticks.values()) == total
    assert all(count >= 1 for count in ticks.values())
    made = made_of(ticks, given, "at%")
    # Moving n ticks of mass changes a share by at most n ticks of the lightest atom over the moles of the sample.
    moles = sum(count / factors[name] for name, count in ticks.items())
    bound = 2 * len(wanted.parts) / min(factors[name] for name in wanted.fractions) / moles + 1e-6
    assert all(abs(made.fractions.get(n, 0) - wanted.fractions.get(n, 0)) <= bound for n in ELEMENTS)


@settings(max_examples=25, deadline=None)
@given(wanted=compositions(basis="wt%"), least=st.sampled_from([10, 50, 200]))
def test_with_a_least_dose_every_dose_is_absent_or_at_least_that(wanted: Composition, least: int) -> None:
    given = sources(ELEMENTS, "wt%", "1 mg")
    ticks = doses_for(wanted.fractions, given, Limits(least, 2000, 2000))
    assert sum(ticks.values()) == 2000
    assert all(count >= least for count in ticks.values())
    made = made_of(ticks, given, "wt%").fractions
    # Dropping or raising one component moves it by at most the least dose; the others share what it leaves.
    worst = max(abs(made.get(n, 0) - wanted.fractions.get(n, 0)) for n in ELEMENTS)
    assert worst <= least / 2000 * (len(wanted.parts) + 1) / 2 + 1e-3


def test_a_least_dose_gives_a_nearer_composition_than_dropping_or_snapping() -> None:
    wanted = Composition.of({"Fe": 0.90, "Co": 0.04, "B": 0.03, "Si": 0.03}, "wt%")
    ticks = doses_for(wanted.fractions, [Source(name, {name: 1.0}) for name in ELEMENTS], Limits(50, 1000, 1000))
    made = {name: ticks.get(name, 0) / 1000 for name in wanted.fractions}
    assert max(abs(made[name] - share) for name, share in wanted.fractions.items()) <= 0.03 + 1e-9
    dropped = 0.10  # Fe alone
    assert max(abs(made[name] - share) for name, share in wanted.fractions.items()) < dropped


def test_masses_follow_atomic_masses() -> None:
    plan = compile_plan(spec_of(), CAMPAIGN, 1, 1, trials_of("Fe80B20"), protocol_of(), abilities(total_ticks=100_000))
    doses = {dose.component: dose.ticks for dose in plan.samples[0].doses}
    fe, b = 0.8 * element("Fe").mass, 0.2 * element("B").mass
    assert doses == {"Fe": round(100_000 * fe / (fe + b)), "B": round(100_000 * b / (fe + b))}


@pytest.mark.parametrize(
    ("components", "basis", "tick", "said"),
    [
        pytest.param(["Fe", "B"], "at%", "1 mg", "atomic masses", id="at"),
        pytest.param(["P3HT", "D1"], "mol%", "1 mg", "share itself", id="mol-of-names"),
        pytest.param(["Fe", "B"], "vol%", "1 mg", "densities", id="vol"),
        pytest.param(["Fe", "B"], "at%", "0.1 uL", "equal strength", id="stocks"),
    ],
)
def test_how_shares_become_amounts_is_said(components: list[str], basis: str, tick: str, said: str) -> None:
    assert said in weights(components, basis, tick).note  # type: ignore[arg-type]


def test_names_that_are_no_elements_are_dosed_by_their_share() -> None:
    spec = spec_of(["P3HT", "D1"], "mol%")
    trials = trials_of(shares({"P3HT": 0.25, "D1": 0.75}, "mol%"))
    plan = compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol_of(), abilities())
    assert {dose.component: dose.ticks for dose in plan.samples[0].doses} == {"P3HT": 500, "D1": 1500}


def test_zero_shares_never_become_transfers_and_needed_components_stay() -> None:
    spec = spec_of()
    space = spec.space.model_copy(
        update={
            "components": tuple(
                item.model_copy(update={"min": 0.004}) if item.name == "Si" else item for item in spec.space.components
            )
        }
    )
    spec = spec.model_copy(update={"space": space})
    trials = trials_of(shares({"Fe": 0.796, "B": 0.2, "Co": 0.0, "Si": 0.004}))
    plan = compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol_of(), abilities(min_ticks=20))
    doses = {dose.component: dose.ticks for dose in plan.samples[0].doses}
    assert set(doses) == {"Fe", "B", "Si"}
    assert doses["Si"] >= 20


def test_the_same_batch_gives_the_same_bytes_with_price_and_hours() -> None:
    trials = trials_of("Fe80B20", "Fe70Co10B15Si5", "Fe99Si1")
    plans = [compile_plan(spec_of(), CAMPAIGN, 1, 1, trials, protocol_of(), abilities(min_ticks=40)) for _ in range(2)]
    assert canonical_json(plans[0]) == canonical_json(plans[1])
    assert plans[0].cost == pytest.approx(3 * 25 + 20 * 3 * 0.002)
    assert plans[0].hours == 2 + 3 * 0.5


def test_a_sample_too_small_for_its_least_doses_is_refused_with_the_trial() -> None:
    with pytest.raises(BadInput, match=r"r01-s01.*larger"):
        compile_plan(
            spec_of(), CAMPAIGN, 1, 1, trials_of("Fe80B20"), protocol_of(), abilities(total_ticks=10, min_ticks=11)
        )


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 99), st.integers(0, 7), st.data())
def test_labels_show_a_wrong_digit_and_are_never_numbers(
    round: int, slot: int, place: int, data: st.DataObject
) -> None:
    label = sample_label("alloy-1", f"r{round:02d}-s{slot:02d}")
    assert is_label(label)
    assert label[0].isalpha()
    digits = [n for n, letter in enumerate(label) if letter.isdigit()]
    at = digits[place % len(digits)]
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != label[at]]))
    assert not is_label(label[:at] + other + label[at + 1 :])


def test_labels_of_a_campaign_never_meet() -> None:
    labels = {sample_label("alloy-1", f"r{r:02d}-s{s:02d}") for r in range(1, 130) for s in range(1, 120)}
    assert len(labels) == 129 * 119
