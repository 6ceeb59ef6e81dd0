"""Seven kinds of drawn tables written after the rules were mended with the ten before them; mended with since."""

from __future__ import annotations

from random import Random

from eutectic.core.composition import Composition
from eutectic.evals.drawn_archetypes import subject, valued
from eutectic.evals.drawn_paper import Fact, Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import Made, headed, number, plain, quantities


def balance_and_properties(random: Random) -> Paper:
    """Shares in wt% with a balance under one head, mechanical properties under another, in one table."""
    about = subject(random, domain="alloys", least=2, most=2)
    sheet = Sheet(
        "Chemical composition and mechanical properties of the titanium alloys.",
        [
            [("Alloy", 1), ("Composition (wt.%)", 4), ("Mechanical properties", 2)],
            heads(["", "Al", "V", "Fe", "Ti", *about.headers()]),
        ],
    )
    paper = Paper("balance and properties", [sheet])
    for i in range(1, random.randint(4, 6)):
        ranges = (("Al", 2.5, 7), ("V", 1, 5), ("Fe", 0.05, 2))
        shares = {s: round(random.uniform(low, high), 2) for s, low, high in ranges}
        whole = shares | {"Ti": round(100 - sum(shares.values()), 2)}
        made = Made(f"T{i}", dict(Composition.of(whole, "wt%", normalise=True).to("at%").fractions))
        cells = [plain(random, q) for q in about.quantities]
        sheet.rows.append([made.written, *(f"{v:.2f}" for v in shares.values()), "Bal.", *(c.text for c in cells)])
        paper.facts += [Fact(made, f"mass fraction of {s}", v, "exact", "%") for s, v in shares.items()]
        paper.facts += [fact(made, q, c) for q, c in zip(about.quantities, cells, strict=True)]
    return paper


def oxide_systems(random: Random) -> Paper:
    """Glasses written as sums of oxides in mol%, `70TeO2–20ZnO–10Na2O`."""
    items = quantities(random, "glasses", 2, with_unit=True)
    sheet = Sheet(
        "Thermal and mechanical properties of the glasses.",
        [heads(["Glass composition (mol%)", *(headed(q, "round") for q in items)])],
    )
    paper = Paper("glasses as sums of oxides", [sheet])
    for zinc in sorted(random.sample((5, 10, 15, 20, 25), 4)):
        te, na = 90 - zinc, 10
        made = Made(
            f"{te}TeO_{{2}}–{zinc}ZnO–{na}Na_{{2}}O",
            {"Te": float(te), "Zn": float(zinc), "Na": 2.0 * na, "O": 2.0 * te + zinc + na},
        )
        cells = [plain(random, q) for q in items]
        sheet.rows.append([made.written, *(c.text for c in cells)])
        paper.facts += [fact(made, q, c) for q, c in zip(items, cells, strict=True)]
    return paper


def called_by_amount(random: Random) -> Paper:
    """Codes such as `Al0.5` that a sentence gives to a family of alloys."""
    about = subject(random, domain="alloys")
    xs = sorted(random.sample((0.1, 0.3, 0.5, 0.7, 1.5), 4))
    names = [f"Al{x:g}" for x in xs]
    said = ", ".join(f"{x:g}" for x in xs)
    sheet = Sheet("Mechanical properties of the alloys.", [heads(["Alloy", *about.headers()])])
    text = f"High-entropy alloys of Al_{{x}}CoCrFeNi (x = {said}; denoted as {', '.join(names)}) were cast."
    paper = Paper("called by their amount", [sheet], sentences=[text])
    made = [Made(n, {"Al": x, "Co": 1.0, "Cr": 1.0, "Fe": 1.0, "Ni": 1.0}) for n, x in zip(names, xs, strict=True)]
    valued(random, sheet, about._replace(made=made), [[n] for n in names], paper.facts)
    return paper


def marked(random: Random) -> Paper:
    """Footnote marks on values, stars on the best, and what is not available."""
    about = subject(random)
    sheet = Sheet("Results and their sources.", [heads(["Material", *about.headers()])])
    paper = Paper("marks on values", [sheet])
    for made in about.made:
        row = [made.written]
        for item in about.quantities:
            cell = plain(random, item)
            way = random.choice(("", "", "^{a}", "^{b}", "*", "NA", "^{a,b}"))
            row.append("N/A" if way == "NA" else cell.text + way)
            paper.facts += [] if way == "NA" else [fact(made, item, cell)]
        sheet.rows.append(row)
    sheet.notes += ["^{a} From this work. ^{b} Measured on ribbons.", "* Best value."]
    return paper


def method_between(random: Random) -> Paper:
    """Method and reference between the material and the values."""
    about = subject(random)
    methods = ("Arc melting", "Melt spinning", "SPS", "Hot pressing", "Sol–gel")
    sheet = Sheet("Comparison with the literature.", [heads(["Material", "Method", "Ref.", *about.headers()])])
    paper = Paper("method and reference between", [sheet])
    lead = [[m.written, random.choice(methods), f"[{random.randint(2, 48)}]"] for m in about.made]
    lead[-1][2] = "This study"
    valued(random, sheet, about, lead, paper.facts)
    return paper


def explained_in_order(random: Random) -> Paper:
    """Symbols that a sentence explains in order, `A and B are … and …, respectively`; materials across."""
    about = subject(random, domain=random.choice(("glasses", "alloys")), least=2, most=3, with_unit=True)
    about = about._replace(made=about.made[:4])
    symbols = random.sample(("D", "P_{1}", "Q", "K_{s}", "J_{2}"), len(about.quantities))
    names = [q.property for q in about.quantities]
    front, behind = " , ".join(symbols[:-1]).replace(" ,", ","), ", ".join(names[:-1])
    said = f"{front} and {symbols[-1]} denote the {behind} and {names[-1]}, respectively"
    sheet = Sheet("Parameters of the alloys.", [heads(["Parameter", *(m.written for m in about.made)])])
    paper = Paper("symbols explained in order", [sheet], sentences=[f"In Table 1, {said}."])
    for symbol, item in zip(symbols, about.quantities, strict=True):
        cells = [plain(random, item) for _ in about.made]
        sheet.rows.append([f"{symbol} ({item.unit})", *(c.text for c in cells)])
        paper.facts += [fact(made, item, c) for made, c in zip(about.made, cells, strict=True)]
    return paper


def means_and_ranges(random: Random) -> Paper:
    """Means with their deviation, and beside them the range of the same property, under one head."""
    about = subject(random, domain="alloys", least=1, most=1, with_unit=True)
    item = about.quantities[0]
    sheet = Sheet("Scatter of the results.", [[("Alloy", 1), (about.headers()[0], 2)], heads(["", "Mean", "Range"])])
    paper = Paper("means and ranges", [sheet])
    for made in about.made:
        text, value = number(random, item)
        step = 10.0**-item.decimals
        low, high = round(value - 3 * step, item.decimals), round(value + 5 * step, item.decimals)
        sheet.rows.append(
            [
                made.written,
                f"{text} ± {2 * step:.{item.decimals}f}",
                f"{low:.{item.decimals}f}–{high:.{item.decimals}f}",
            ]
        )
        paper.facts.append(Fact(made, item.property, value, "exact", item.plain))
        paper.facts.append(Fact(made, item.property, (low + high) / 2, "range", item.plain))
    return paper


FRESH_LATER = (
    balance_and_properties,
    oxide_systems,
    called_by_amount,
    marked,
    method_between,
    explained_in_order,
    means_and_ranges,
)
