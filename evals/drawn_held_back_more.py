"""Further kinds of drawn tables held back: once held back, mended with later."""

from __future__ import annotations

from random import Random

from eutectic.evals.drawn_archetypes import subject, valued
from eutectic.evals.drawn_paper import Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import Cell, headed, plain, quantities


def formulas_second(random: Random) -> Paper:
    """Codes along the header, their formulas in the row below, properties down the side."""
    about = subject(random, least=3, most=5)
    about = about._replace(made=about.made[:4])
    codes = [f"{random.choice('PQR')}{i}" for i in range(1, len(about.made) + 1)]
    sheet = Sheet(
        "Samples and their properties.",
        [heads(["Sample", *codes]), heads(["Composition", *(m.written for m in about.made)])],
    )
    paper = Paper("formulas in a second header row", [sheet])
    for item in about.quantities:
        cells = [plain(random, item) for _ in about.made]
        sheet.rows.append([headed(item, about.style), *(cell.text for cell in cells)])
        paper.facts += [fact(made, item, cell) for made, cell in zip(about.made, cells, strict=True)]
    return paper


def codes_in_notes(random: Random) -> Paper:
    """Codes in the table; the note below says which is which."""
    about = subject(random)
    names = [f"{random.choice('DGL')}{i}" for i in range(1, len(about.made) + 1)]
    said = ", ".join(f"{name}: {made.written}" for name, made in zip(names, about.made, strict=True))
    sheet = Sheet("Results for the samples.", [heads(["Sample", *about.headers()])], notes=[f"Note: {said}."])
    paper = Paper("codes in a note", [sheet])
    valued(random, sheet, about, [[name] for name in names], paper.facts)
    return paper


def property_blocks(random: Random) -> Paper:
    """Heading rows that name the property; materials below, temperatures along the header."""
    domain = random.choice(("alloys", "thermoelectrics"))
    about = subject(random, domain=domain)
    items = [q._replace(names=(q.property.capitalize(),)) for q in quantities(random, domain, 2, with_unit=True)]
    kelvin = sorted(random.sample((300, 400, 500, 600), 3))
    sheet = Sheet("Temperature dependence.", [heads(["Material", *(f"{t} K" for t in kelvin)])])
    paper = Paper("property blocks", [sheet])
    for item in items:
        sheet.rows.append([f"{item.names[0]} ({item.unit})"])
        for made in about.made[:3]:
            cells = [plain(random, item) for _ in kelvin]
            sheet.rows.append([made.written, *(cell.text for cell in cells)])
            paper.facts += [fact(made, item, c, None, float(t)) for c, t in zip(cells, kelvin, strict=True)]
    return paper


def two_units(random: Random) -> Paper:
    """One property in two units under one head, another beside."""
    about = subject(random, domain="alloys", least=1, most=1)
    strength = quantities(random, "alloys", 6)
    item = next(q for q in strength if q.property == "yield strength")._replace(names=("Yield strength",))
    other = next(q for q in strength if q.property == "elongation")
    sheet = Sheet(
        "Strength in two units.",
        [[("Alloy", 1), ("Yield strength", 2), (headed(other, "round"), 1)], heads(["", "(MPa)", "(GPa)", ""])],
    )
    paper = Paper("one property in two units", [sheet])
    for made in about.made:
        cell, beside = plain(random, item), plain(random, other)
        sheet.rows.append([made.written, cell.text, f"{(cell.value or 0) / 1000:.3f}", beside.text])
        giga = Cell("", round((cell.value or 0) / 1000, 3), "exact")
        paper.facts += [fact(made, item, cell), fact(made, item._replace(plain="GPa"), giga), fact(made, other, beside)]
    return paper


LATER_HELD_BACK = (formulas_second, codes_in_notes, property_blocks, two_units)
