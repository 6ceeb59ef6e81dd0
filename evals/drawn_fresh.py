"""Ten kinds of drawn tables of alloys, catalysts, glasses and electrolytes: once held back, mended with later."""

from __future__ import annotations

from random import Random

from eutectic.evals.drawn_archetypes import subject, valued
from eutectic.evals.drawn_paper import ABOVE, Fact, Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import Made, Quantity, headed, odd, plain, quantities, unit_style, written

_CATALYSTS = (
    Quantity(("Overpotential", "η", "η_{10}"), "overpotential", "mV", "mV", 180, 420, 0),
    Quantity(("Tafel slope",), "tafel slope", "mV dec^{−1}", "mV/dec", 35, 120, 1),
)
_SPINELS: tuple[dict[str, float], ...] = (
    {"Ni": 1, "Fe": 2, "O": 4},
    {"Co": 3, "O": 4},
    {"Ni": 1, "Co": 2, "O": 4},
    {"Ni": 3, "S": 2},
    {"Fe": 2, "P": 1},
    {"Co": 9, "S": 8},
)


def _catalysts(random: Random, n: int) -> list[Made]:
    chosen = random.sample(_SPINELS, n)
    return [Made(written(amounts), amounts) for amounts in chosen]


def catalyst_caption(random: Random) -> Paper:
    """Catalysts compared at a current density said in the caption, with a column of references."""
    items = [q._replace(names=(random.choice(q.names),)) for q in _CATALYSTS]
    style = unit_style(random)
    sheet = Sheet(
        "Comparison of the OER activity with catalysts of the literature (at 10 mA cm^{−2} in 1 M KOH).",
        [heads(["Catalyst", *(headed(q, style) for q in items), "Ref."])],
    )
    paper = Paper("catalysts and references", [sheet])
    for i, made in enumerate(_catalysts(random, 5)):
        cells = [plain(random, q) for q in items]
        sheet.rows.append([made.written, *(c.text for c in cells), f"[{random.randint(11, 60)}]" if i else "This work"])
        paper.facts += [fact(made, q, c) for q, c in zip(items, cells, strict=True)]
    return paper


def unit_column(random: Random) -> Paper:
    """Materials as column heads, a column of units behind the properties."""
    about = subject(random, least=3, most=5)
    about = about._replace(made=about.made[:4])
    sheet = Sheet("Summary of properties.", [heads(["Property", "Unit", *(m.written for m in about.made)])])
    paper = Paper("materials across, units beside", [sheet])
    for item in about.quantities:
        cells = [odd(random, item) if random.random() < 0.2 else plain(random, item) for _ in about.made]
        sheet.rows.append([item.names[0], item.unit or "–", *(c.text for c in cells)])
        paper.facts += [fact(made, item, c) for made, c in zip(about.made, cells, strict=True)]
    return paper


def states_beside(random: Random) -> Paper:
    """A formula over several rows, one for each state in words, as cast first."""
    about = subject(random, most=3, domain=random.choice(("alloys", "magnets")))
    kelvin = sorted(random.sample((623, 673, 723, 773), 2))
    sheet = Sheet("Properties in different states.", [heads(["Alloy", "State", *about.headers()])])
    paper = Paper("states in words beside", [sheet])
    for made in about.made[:4]:
        for i, t in enumerate((None, *kelvin)):
            cells = [plain(random, q) for q in about.quantities]
            said = "As-cast" if t is None else f"Annealed at {t} K"
            sheet.rows.append([ABOVE if i else made.written, said, *(c.text for c in cells)])
            paper.facts += [fact(made, q, c, t) for q, c in zip(about.quantities, cells, strict=True)]
    return paper


_LATTICE = Quantity(("a",), "lattice parameter", "Å", "Å", 3.8, 4.1, 4)


def lattice_family(random: Random) -> Paper:
    """Sample codes with `x`, lattice parameters with digits in brackets; the formula stands in the text alone."""
    a, b, site = random.choice((("Ba", "Sr", "Ti"), ("La", "Ca", "Mn"), ("Pb", "Ba", "Zr")))
    xs = sorted(random.sample((0.05, 0.1, 0.15, 0.2, 0.3, 0.4), 4))
    items = [_LATTICE, _LATTICE._replace(names=("c",)), quantities(random, "ceramics", 1)[0]]
    items[2] = items[2]._replace(names=("Density",), property="density", unit="g/cm^{3}", plain="g/cm3",
                                 low=5.1, high=6.8, decimals=2)  # fmt: skip
    sheet = Sheet("Structural parameters of the samples.",
                  [heads(["Sample", "x", *(headed(q, "round") for q in items)])])  # fmt: skip
    formula = f"{a}_{{1−x}}{b}_{{x}}{site}O_{{3}}"
    text = f"A series of {formula} (x = {xs[0]:g}–{xs[-1]:g}) was prepared by solid-state reaction."
    paper = Paper("lattice parameters of a family", [sheet], sentences=[text])
    for i, x in enumerate(xs, 1):
        made = Made(f"S{i}", {a: round(1 - x, 3), b: x, site: 1.0, "O": 3.0})
        cells = [plain(random, q) for q in items]
        texts = [f"{c.text}({random.randint(1, 9)})" for c in cells[:2]]
        sheet.rows.append([f"S{i}", f"{x:g}", *texts, cells[2].text])
        paper.facts += [fact(made, q, c) for q, c in zip(items, cells, strict=True)]
    return paper


def measured_beside(random: Random) -> Paper:
    """The nominal formula, the shares that EDS measured for each element beside it, then a property."""
    about = subject(random, most=1, least=1, domain=random.choice(("alloys", "magnets")))
    symbols = list(about.made[0].amounts)
    made_all = [made for made in about.made if list(made.amounts) == symbols]
    top = [("Nominal composition", 1), ("EDS (at.%)", len(symbols)), (about.headers()[0], 1)]
    sheet = Sheet("Nominal compositions, compositions measured by EDS and results.", [top, heads(["", *symbols, ""])])
    paper = Paper("nominal and measured", [sheet])
    for made in made_all:
        off = [round(random.uniform(-0.4, 0.4), 1) for _ in symbols[1:]]
        shares = dict(
            zip(
                symbols,
                (round(made.amounts[s] + d, 1) for s, d in zip(symbols, (-sum(off), *off), strict=True)),
                strict=True,
            )
        )
        cell = plain(random, about.quantities[0])
        sheet.rows.append([made.written, *(f"{v:.1f}" for v in shares.values()), cell.text])
        paper.facts += [Fact(made, f"atomic fraction of {s}", v, "exact", "%") for s, v in shares.items()]
        paper.facts.append(fact(made, about.quantities[0], cell))
    return paper


def strength_pairs(random: Random) -> Paper:
    """Yield and ultimate strength in one cell under one unit; references behind."""
    about = subject(random, domain="alloys", least=1, most=1)
    names, mark = random.choice(((("YS", "UTS"), "/"), (("Yield strength", "Tensile strength"), " / ")))
    pool = {q.property: q for q in quantities(random, "alloys", 6)}
    items = [pool["yield strength"], pool["ultimate tensile strength"], pool["elongation"]]
    sheet = Sheet("Tensile properties.", [heads(["Alloy", f"{mark.join(names)} (MPa)", headed(items[2], "round")])])
    paper = Paper("YS/UTS under one unit", [sheet])
    for made in about.made:
        cells = [plain(random, q) for q in items]
        sheet.rows.append([made.written, f"{cells[0].text}{mark}{cells[1].text}", cells[2].text])
        paper.facts += [fact(made, q, c) for q, c in zip(items, cells, strict=True)]
    return paper


def family_across(random: Random) -> Paper:
    """`x = …` along the header, properties down the side; the family stands in the caption."""
    about = subject(random, domain="thermoelectrics", least=3, most=4)
    xs = sorted(random.sample((0.05, 0.1, 0.2, 0.3, 0.5), 4))
    sheet = Sheet(
        "Transport properties of Bi_{2}Te_{3−x}Se_{x} at room temperature.",
        [heads([random.choice(("Property", "")), *(f"x = {x:g}" for x in xs)])],
    )
    paper = Paper("family across", [sheet])
    made_all = [Made(f"x = {x:g}", {"Bi": 2.0, "Te": round(3 - x, 3), "Se": x}) for x in xs]
    for item in about.quantities:
        cells = [plain(random, item) for _ in xs]
        sheet.rows.append([headed(item, about.style), *(c.text for c in cells)])
        paper.facts += [fact(made, item, c) for made, c in zip(made_all, cells, strict=True)]
    return paper


def electrolytes(random: Random) -> Paper:
    """Conductivities with powers of ten at a temperature in the header, activation energies in eV."""
    made_all = []
    for x in sorted(random.sample((0.1, 0.2, 0.3, 0.4, 0.5), 4)):
        amounts = {"Li": 1 + x, "Al": x, "Ti": round(2 - x, 2), "P": 3.0, "O": 12.0}
        text = f"Li_{{{1 + x:g}}}Al_{{{x:g}}}Ti_{{{2 - x:g}}}(PO_{{4}})_{{3}}"
        made_all.append(Made(text, amounts))
    sheet = Sheet("Ionic conductivity and activation energy of the electrolytes.",
                  [heads(["Electrolyte", "σ at 25 °C (S cm^{−1})", "E_{a} (eV)", "Relative density (%)"])])  # fmt: skip
    energy = Quantity(("E_{a}",), "activation energy", "eV", "eV", 0.2, 0.6, 2)
    dense = Quantity(("Relative density",), "relative density", "%", "%", 85, 99, 1)
    paper = Paper("electrolytes", [sheet])
    for made in made_all:
        mantissa, power = round(random.uniform(1, 9.9), 1), random.choice((3, 4, 5))
        cells = [plain(random, energy), plain(random, dense)]
        sheet.rows.append([made.written, f"{mantissa} × 10^{{−{power}}}", *(c.text for c in cells)])
        paper.facts.append(
            Fact(made, "ionic conductivity", float(f"{mantissa}e-{power}"), "exact", "S/cm", None, 298.15)
        )
        paper.facts += [fact(made, q, c) for q, c in zip((energy, dense), cells, strict=True)]
    return paper


def explained(random: Random) -> Paper:
    """Bare symbols whose meaning and unit only a sentence of the text says."""
    about = subject(random, domain=random.choice(("glasses", "alloys")), least=2, most=3, with_unit=True)
    symbols = random.sample(("D", "P_{1}", "Q", "K_{s}", "R_{m}"), len(about.quantities))
    said = ", ".join(f"{s} is the {q.property}" for s, q in zip(symbols, about.quantities, strict=True))
    names = [f"{s} ({q.unit})" for s, q in zip(symbols, about.quantities, strict=True)]
    sheet = Sheet("Results for the alloys.", [heads(["Alloy", *names])])
    paper = Paper("symbols that the text explains", [sheet], sentences=[f"Table 1 lists the results, where {said}."])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def two_tables(random: Random) -> Paper:
    """Codes and formulas in one table; properties by code, under two levels, in the next."""
    about = subject(random, domain=random.choice(("alloys", "magnets", "glasses")), least=4, most=4)
    codes = [f"{random.choice('AB')}{i}" for i in range(1, len(about.made) + 1)]
    first = Sheet("Alloy designations.", [heads(["Designation", "Nominal composition (at.%)"])])
    first.rows = [[code, made.written] for code, made in zip(codes, about.made, strict=True)]
    names = about.headers()
    second = Sheet("Properties of the alloys of Table 1.", [[("Alloy", 1), ("As-cast", 2), ("Annealed", 2)],
                   heads(["", *names[:2], *names[:2]])], label="Table 2")  # fmt: skip
    paper = Paper("codes joined over two tables", [first, second])
    for code, made in zip(codes, about.made, strict=True):
        both = [*about.quantities[:2], *about.quantities[:2]]
        cells = [plain(random, q) for q in both]
        second.rows.append([code, *(c.text for c in cells)])
        paper.facts += [fact(made, q, c) for q, c in zip(both, cells, strict=True)]
    return paper


FRESH = (
    catalyst_caption,
    unit_column,
    states_beside,
    lattice_family,
    measured_beside,
    strength_pairs,
    family_across,
    electrolytes,
    explained,
    two_tables,
)
