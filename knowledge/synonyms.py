"""Words of questions and papers about materials: what says the same, what says little, what is measured in what."""

from __future__ import annotations

from eutectic.knowledge.tokens import STOPWORDS, stem

_SAME = (
    "heavy weigh weight mass",
    "big large size diameter dimension largest biggest",
    "thick thickness",
    "wide width",
    "high height",
    "long length duration time longest",
    "fast rate speed velocity quick fastest",
    "hot temperature hottest",
    "hard hardness hardest",
    "strong strength strongest",
    "dense density",
    "pure purity",
    "cast casting pour",
    "melt melting molten",
    "quench quenching cool cooling",
    "heat heating anneal annealing soak treatment",
    "age ageing aging",
    "conduct conductivity conduction conductor",
    "voltage potential",
    "program software package",
    "technique method approach technology",
    "amorphous glass glassy",
    "component element constituent",
    "crystallize crystallise crystallization crystallisation",
    "precipitate precipitation precipitates",
    "fraction content share amount proportion",
    "maximum maximal highest largest max",
    "minimum minimal lowest smallest min",
    "decrease reduce lower diminish drop decline",
    "increase raise enhance improve grow",
    "hinder hamper prevent limit impede drawback",
    "fabricate prepare synthesize produce make synthesise manufacture obtain",
    "substitute replace dope doping partially",
    "report publish demonstrate",
    "magnesium mg",
    "room ambient",
    "additive binder",
    "film layer coating",
    "aluminium aluminum",
    "sodium na",
    "lithium li",
    "aim target goal",
    "launch publish release original",
)
_LITTLE = (
    "measure measured measurement determine determined estimate estimated find found obtain obtained show showed shown "
    "give given gave gives report reported reach reached use used using apply applied have exhibit exhibited observe "
    "observed achieve achieved calculate calculated predict predicted investigate investigated study studied appear "
    "produce produced contain contained contains include included assume assumed choose chosen select selected make "
    "form formed take taken need needed require required lie located call called name named present presented provide "
    "record recorded run carry carried perform performed become became follow followed follows get got come came know "
    "known say said tell state stated mention mentioned describe described accord according paper author authors work "
    "experiment experiments experimental sample samples specimen material materials alloy alloys value values "
    "high low large small good best much many different certain alone first useful possible main typical new total "
    "turn turned served serve written run runs hardly any low far employ employed cite cites change set sets "
    "made results approximately about roughly respectively kind type answer number there exceed exceeds against way"
)
_CLASSES = (
    "technique method program software library language phase element metal composition formula process material "
    "compound alloy system model group space symmetry condition parameter reason ion dopant instrument device function"
)
GENERIC = frozenset(stem(word) for word in _LITTLE.split()) | frozenset(STOPWORDS)
CLASS_NOUNS = frozenset(stem(word) for word in _CLASSES.split())


def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _SAME:
        words = {stem(word) for word in group.split()}
        for word in words:
            found.setdefault(word, set()).update(words - {word})
    return {word: frozenset(others) for word, others in found.items()}


SYNONYMS = _groups()
"""Stems that say the same, by stem."""
UNIT_WORDS: dict[str, frozenset[str]] = {
    stem(word): frozenset(tokens)
    for word, tokens in {
        "temperature": ("u:K1",),
        "hot": ("u:K1",),
        "heavy": ("u:g1",),
        "weight": ("u:g1",),
        "weigh": ("u:g1",),
        "milligrams": ("u:g1",),
        "mass": ("u:g1",),
        "size": ("u:m1",),
        "diameter": ("u:m1",),
        "thickness": ("u:m1",),
        "thick": ("u:m1",),
        "radius": ("u:m1",),
        "width": ("u:m1",),
        "long": ("u:s1",),
        "duration": ("u:s1",),
        "voltage": ("u:m2g1s-3A-1",),
        "pressure": ("u:m-1g1s-2",),
        "composition": ("f:",),
        "formula": ("f:",),
        "stoichiometry": ("f:",),
        "成分": ("f:",),
        "温度": ("u:K1",),
    }.items()
}
"""What the unit of a value, or a formula (`f:`), says as well as the word."""
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\btemperature|\bhow hot|\bnose\b|温度|多热", ("K",)),
    (
        r"\b(?:cooling|heating|quench\w*|scan\w*)\s+rate|\bhow (?:fast|quickly)\b.*\bcool|"
        r"冷却速[率度]|升温速[率度]",
        ("K/s",),
    ),
    (r"\b(?:casting |rotation\w* |wheel |scan\w* )?(?:speed|velocity)|速度", ("m/s", "1/s")),
    (r"\brate\b(?! of)|\bhow fast|速率|多快", ("K/s", "m/s", "1/s")),
    (
        r"\bhow heavy|\bhow much .*weigh|grams?\b|\bmass\b(?! fraction)|\bweight\b(?! (?:fraction|percent))|"
        r"质量(?!分数)|多重",
        ("kg",),
    ),
    (r"\btime\b|\bduration|\bhow long\b|\bhours?\b|\bminutes?\b|\bseconds?\b|时间|多久", ("s",)),
    (
        r"\bdiameter|\bradius|\bthickness|\bwidth|\bheight|\blength|\bsizes?\b|\bhow (?:thick|wide|big|large|tall)\b"
        r"|直径|半径|厚度|宽度|尺寸|粒径|多厚|多大",
        ("m",),
    ),
    (r"\bvoltage|\bpotential\b|电压|电位|电势", ("V",)),
    (
        r"\bfraction|\bcontent|\bpercent\w*|\bhow (?:much|pure)\b|\befficiency|\bpurity|\byield\b(?! str)|"
        r"含量|分数|效率|纯度",
        ("%",),
    ),
    (r"\bpressure|\bmodulus|\bstress|压力|模量|应力", ("Pa",)),
    (r"\bstrength|强度(?!.*磁)", ("Pa",)),
    (r"\bhardness|硬度", ("Pa", "HRC")),
    (r"\bdensity\b|密度", ("kg/m3", "A/m2", "T", "J/m3", "m-2")),
    (r"\bvolum\w+ capacity|容量", ("A s/m3",)),
    (r"\bcapacity\b", ("A s/kg", "A s/m3")),
    (r"\b(?:ionic|electr\w+|ion) conductivity|\bconductivit|电导率", ("S/m",)),
    (r"\bthermal conductivity|热导率", ("W/m/K",)),
    (r"\bheat transfer coefficient|换热系数|传热系数", ("W/m2/K",)),
    (r"\benergy\b|\benthalpy|能量|焓", ("J", "J/kg", "J/mol", "eV")),
)
"""Patterns of what is asked for, and the units an answer may be in."""
