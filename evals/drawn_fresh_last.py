"""Five kinds of drawn tables written after the rules were mended with all others; four of them not mended with."""

from __future__ import annotations

from random import Random

from eutectic.evals.drawn_archetypes import subject, valued
from eutectic.evals.drawn_paper import Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import Made, Quantity, headed, plain, written


def rates(random: Random) -> Paper:
    """Properties at several strain rates or current densities that stand in a second header row."""
    about = subject(random, domain="alloys", least=1, most=1, with_unit=True)
    sheet = Sheet("Strength of the alloys.", [])
    some = sorted(random.sample(("0.001", "0.01", "0.1", "1"), 3))
    sheet.heads = [[("Alloy", 1), (about.headers()[0], 3)], heads(["", *(f"{rate} s^{{−1}}" for rate in some)])]
    paper = Paper("strain rates below", [sheet])
    for made in about.made:
        cells = [plain(random, about.quantities[0]) for _ in some]
        sheet.rows.append([made.written, *(c.text for c in cells)])
        paper.facts += [fact(made, about.quantities[0], c) for c in cells]
    return paper


def before_after(random: Random) -> Paper:
    """A value before and after a treatment, and the change in percent, which is no value of the property."""
    about = subject(random, domain=random.choice(("magnets", "alloys")), least=1, most=1, with_unit=True)
    item = about.quantities[0]
    sheet = Sheet(
        "Effect of annealing.",
        [[("Alloy", 1), (headed(item, "round"), 2), ("Change (%)", 1)], heads(["", "Before", "After", ""])],
    )
    paper = Paper("before, after, change", [sheet])
    for made in about.made:
        cells = [plain(random, item), plain(random, item)]
        change = 100 * ((cells[1].value or 0) / (cells[0].value or 1) - 1)
        sheet.rows.append([made.written, *(c.text for c in cells), f"{change:+.0f}"])
        paper.facts += [fact(made, item, c) for c in cells]
    return paper


def phases_beside(random: Random) -> Paper:
    """Words on structure and space groups between the formula and the lattice parameters."""
    items = [
        Quantity(("a",), "lattice parameter", "Å", "Å", 3.8, 4.1, 3),
        Quantity(("Band gap",), "band gap", "eV", "eV", 0.3, 3.0, 2),
    ]
    about = subject(random, domain="ceramics")
    sheet = Sheet(
        "Structure and band gap.",
        [heads(["Compound", "Crystal system", "Space group", *(headed(q, "round") for q in items)])],
    )
    paper = Paper("structures between", [sheet])
    about = about._replace(quantities=items)
    lead = [[m.written, random.choice(("cubic", "tetragonal")), random.choice(("P4mm", "Pm-3m"))] for m in about.made]
    valued(random, sheet, about, lead, paper.facts)
    return paper


def batteries(random: Random) -> Paper:
    """Cathodes with capacities at rates in the header and a retention in percent after cycles."""
    first = Quantity(("Capacity",), "specific capacity", "mAh g^{−1}", "mAh/g", 110, 210, 0)
    kept = Quantity(("Capacity retention",), "capacity retention", "%", "%", 60, 99, 1)
    sheet = Sheet(
        "Electrochemical performance.",
        [heads(["Cathode", "Discharge capacity at 0.1C (mAh g^{−1})", "Capacity retention (%)"])],
    )
    paper = Paper("cathodes", [sheet])
    for ni in sorted(random.sample((0.5, 0.6, 0.7, 0.8), 3)):
        amounts = {"Li": 1.0, "Ni": ni, "Co": round((1 - ni) / 2, 3), "Mn": round((1 - ni) / 2, 3), "O": 2.0}
        made = Made(written(amounts), amounts)
        cells = [plain(random, first), plain(random, kept)]
        sheet.rows.append([made.written, *(c.text for c in cells)])
        paper.facts += [fact(made, q, c) for q, c in zip((first, kept), cells, strict=True)]
    return paper


def numbered_words(random: Random) -> Paper:
    """Numbered samples whose formulas stand in a list of the text, `sample 1: …; sample 2: …`."""
    about = subject(random, domain=random.choice(("magnets", "glasses")))
    sheet = Sheet("Results.", [heads(["Sample", *about.headers()])])
    said = "; ".join(f"sample S-{i}: {m.written}" for i, m in enumerate(about.made, 1))
    paper = Paper("numbered in the text", [sheet], sentences=[f"The samples are {said}."])
    valued(random, sheet, about, [[f"S-{i}"] for i in range(1, len(about.made) + 1)], paper.facts)
    return paper


FRESH_LAST = (rates, phases_beside, batteries, numbered_words)
MENDED_LAST = (before_after,)
"""Mended with since, so development."""
