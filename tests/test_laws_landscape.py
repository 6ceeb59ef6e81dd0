"""The laws as problems: published behaviour, real trade-offs, and an optimum that luck does not find."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.lab_interface.law import Law
from eutectic.lab_interface.laws.fe_soft_magnet import FeSoftMagnet, coercivity, grain_size, magnetostriction
from eutectic.lab_interface.laws.her_catalyst import HerCatalyst, site_binding, volcano
from eutectic.lab_interface.laws.soda_lime_glass import SodaLimeGlass, temperature_at
from eutectic.lab_interface.laws.thin_film_resistor import ThinFilmResistor, bulk_resistivity
from eutectic.tools.slater_pauling import saturation_induction

Score = Callable[[Composition], float]


def fe(formula: str) -> dict[str, float]:
    return Composition.from_formula(formula).fractions


def magnet(composition: Composition) -> float:
    """Induction of glasses that cast at 1 mm."""
    values = FeSoftMagnet().true_values(composition, {})
    return values["Bs"] if values["Dmax"] >= 1.0 else -1.0 + values["Dmax"] / 10


def catalyst(composition: Composition) -> float:
    return HerCatalyst().true_values(composition, {})["current_density"]


def glass(composition: Composition) -> float:
    """Low melting point with little loss in water."""
    values = SodaLimeGlass().true_values(composition, {})
    if SodaLimeGlass().feasible(composition, {}) is not None:
        return -3000.0
    return -values["melting_point"] - 400 * max(0.0, values["durability_loss"] - 0.5)


def random_mixture(law: Law, draws: Random) -> Composition:
    return Composition.of({name: draws.expovariate(1) for name in law.components}, law.basis, normalise=True)


def climb(start: Composition, law: Law, score: Score, draws: Random, steps: int) -> float:
    """Best score of a walk that moves a share from one component to another wherever that helps."""
    best, value = start.fractions, score(start)
    for step in range(steps):
        give, take = draws.choice(sorted(best)), draws.choice(law.components)
        moved = min(best[give], 10 ** draws.uniform(-3, -0.5 - step / steps))
        changed = best | {give: best[give] - moved}
        changed[take] = changed.get(take, 0.0) + moved
        found = score(candidate := Composition.of(changed, law.basis, normalise=True))
        if found > value:
            best, value = candidate.fractions, found
    return value


@pytest.mark.parametrize(
    ("law", "score", "gap"),
    [(FeSoftMagnet(), magnet, 0.2), (HerCatalyst(), catalyst, 30.0), (SodaLimeGlass(), glass, 40.0)],
    ids=["magnet", "catalyst", "glass"],
)
def test_200_random_recipes_stay_far_from_the_best(law, score, gap):
    draws = Random(1)
    runs = [[random_mixture(law, draws) for _ in range(200)] for _ in range(5)]
    tops = sorted(max(score(item) for item in run) for run in runs)
    best = max(climb(max(run, key=score), law, score, draws, 1500) for run in runs[:2])
    assert tops[2] + gap < best
    corners = [Composition.of({name: 1.0}, law.basis) for name in law.components]
    assert max(score(corner) for corner in corners) < best


@pytest.mark.parametrize(
    ("richer", "poorer"), [("Fe84B16", "Fe78B22"), ("Fe64Co20B16", "Fe60Co18B22")], ids=["Fe-B", "Fe-Co-B"]
)
def test_more_magnetic_metal_means_more_induction_and_less_glass(richer, poorer):
    law = FeSoftMagnet()
    rich, poor = (law.true_values(Composition.from_formula(text), {}) for text in (richer, poorer))
    assert rich["Bs"] > poor["Bs"]
    assert rich["Dmax"] < poor["Dmax"]


def test_cobalt_is_dear_and_softens():
    law = FeSoftMagnet()
    iron, cobalt = (law.true_values(Composition.from_formula(f), {}) for f in ("Fe78Si9B13", "Fe58Co20Si9B13"))
    assert cobalt["cost"] > 3 * iron["cost"]
    assert cobalt["Hc"] < iron["Hc"]


def test_pure_iron_and_edge_glasses_cannot_be_cast():
    law = FeSoftMagnet()
    found = {f: law.feasible(Composition.from_formula(f), {}) for f in ("Fe", "Fe90B10", "Fe78Si9B13", "Fe76Si9B10P5")}
    assert found == {"Fe": "not_stabilised", "Fe90B10": "not_stabilised", "Fe78Si9B13": None, "Fe76Si9B10P5": None}


def test_annealing_softens_until_the_glass_crystallises():
    """Finemet: relaxation first, fine grains with Cu and Nb, coarse ones without."""
    finemet, plain = fe("Fe73.5Cu1Nb3Si13.5B9"), fe("Fe77.5Si13.5B9")
    at = {t: coercivity(finemet, saturation_induction(finemet), t) for t in (25.0, 420.0, 700.0)}
    assert at[420.0] < at[25.0] < at[700.0]
    assert grain_size(finemet, 550.0) < 20 < 40 < grain_size(plain, 550.0)
    hot = {f"{i}": coercivity(alloy, saturation_induction(alloy), 540.0) for i, alloy in enumerate((finemet, plain))}
    assert hot["0"] * 50 < hot["1"]


def test_magnetostriction_vanishes_near_cobalt_rich_glasses():
    iron, mixed, rich = (fe(f) for f in ("Fe80B20", "Fe40Co40B20", "Fe4.8Co75.2B20"))
    assert magnetostriction(iron, 1.6) == pytest.approx(32e-6)
    assert abs(magnetostriction(rich, 1.1)) < 1e-7 < magnetostriction(mixed, 1.6) < magnetostriction(iron, 1.6)


def test_volcano_peaks_where_binding_is_neutral():
    """Equations 12 and 14: half of the sites are free at zero, and both sides fall."""
    assert volcano(0.0) == pytest.approx(1.602e-19 * 200 * 1.5e15 * 1e3 / 2)
    assert volcano(-0.3) < volcano(-0.1) < volcano(0.0) > volcano(0.1) > volcano(0.3)
    ranked = sorted(("Pt", "Ni", "Au", "W"), key=lambda metal: volcano(site_binding(metal, {metal: 1.0})))
    assert ranked[-1] == "Pt"


def test_nickel_and_molybdenum_do_more_together():
    law = HerCatalyst()
    alone = [law.true_values(Composition.from_formula(f), {})["current_density"] for f in ("Ni", "Mo")]
    together = law.true_values(Composition.from_formula("Ni80Mo20"), {})["current_density"]
    assert together > 100 * max(alone)


def test_a_higher_overpotential_gives_more_current():
    law, metal = HerCatalyst(), Composition.from_formula("Ni80Mo20")
    low, high = (law.true_values(metal, {"overpotential_mV": value})["current_density"] for value in (50, 150))
    assert low < high
    with pytest.raises(BadInput, match="overpotential_mV"):
        law.true_values(metal, {"voltage": 1.0})


def test_window_glass_has_its_textbook_temperatures():
    """A float glass works near 1030 degC, melts near 1450 degC and expands by 8 to 9e-6 per K."""
    amounts = {"SiO2": 71.5, "Na2O": 13.5, "CaO": 9.5, "MgO": 5.0, "Al2O3": 0.5}
    float_glass = Composition.of(amounts, "mol%", normalise=True)
    values = SodaLimeGlass().true_values(float_glass, {})
    assert 1000 < values["working_point"] < 1060
    assert 1400 < values["melting_point"] < 1500
    assert 76 < values["expansion"] < 92
    assert temperature_at(7.6, float_glass.fractions) == pytest.approx(725, abs=25)


def test_resistor_films_have_the_resistivities_of_known_alloys_and_grow_worse_as_they_grow_thin():
    law = ThinFilmResistor()
    nichrome = Composition.of({"Ni": 0.78, "Cr": 0.22}, "at%")
    constantan = Composition.of({"Cu": 0.53, "Ni": 0.47}, "at%")
    assert bulk_resistivity(nichrome.fractions) == pytest.approx(112, abs=6)
    assert bulk_resistivity(constantan.fractions) == pytest.approx(49, abs=3)
    copper = Composition.of({"Cu": 1.0}, "at%")
    thin, thick = (law.true_values(copper, {"thickness": nm})["resistivity"] for nm in (20.0, 900.0))
    assert thin > 1.5 * thick > 1.5 * 1.68
    assert law.true_values(copper, {"thickness": 900.0})["tcr"] > 2000
    mixed = Composition.of({"Ni": 0.45, "Cr": 0.3, "Ta": 0.25}, "at%")
    assert law.true_values(mixed, {})["tcr"] < 0 < law.true_values(constantan, {})["tcr"]
    assert law.feasible(mixed, {"thickness": 900.0}) == "sample_prep"
    assert law.feasible(mixed, {"thickness": 900.0, "substrate_temperature": 300.0}) is None
