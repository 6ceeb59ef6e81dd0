"""Words of questions and papers about materials: what says the same, what says little, what is measured in what."""

from __future__ import annotations

from eutectic.knowledge.tokens import STOPWORDS, stem

_SAME = (
    "heavy weigh weight mass",
    "big large size diameter dimension largest biggest",
    "thick thickness thin",
    "wide width breadth diameter size broad gap",
    "high height tall",
    "deep depth",
    "long length duration time longest",
    "fast rate speed velocity quick quickly fastest rapid swift",
    "slow sluggish slowly gradual low",
    "hot temperature hottest warm",
    "cold cool low",
    "hard hardness hardest",
    "strong strength strongest strengthen",
    "dense density",
    "pure purity impurity",
    "rough roughness smooth",
    "bad poor weak inferior",
    "good excellent superior outstanding exceptional",
    "safe safety hazard danger dangerous",
    "cheap cost price inexpensive low-cost",
    "cast casting pour",
    "melt melting molten liquid remelt liquidus",
    "solidify freeze solidification cool congeal",
    "quench quenching cool cooling",
    "heat heating anneal annealing soak treatment",
    "age ageing aging",
    "conduct conductivity conduction conductor",
    "voltage potential",
    "program software package code",
    "technique method approach technology procedure process route",
    "amorphous glass glassy vitreous noncrystalline",
    "vitrify glass amorphize",
    "component element constituent ingredient",
    "crystallize crystallise crystallization crystallisation devitrify",
    "precipitate precipitation precipitates",
    "fraction content share amount proportion part portion percentage concentration",
    "ratio factor times fold",
    "maximum maximal highest largest max peak greatest most",
    "minimum minimal lowest smallest min least",
    "mean average",
    "decrease reduce lower diminish drop decline fall less shrink cut",
    "increase raise enhance improve grow rise higher",
    "hinder hamper prevent limit impede drawback block suppress restrict obstacle retard",
    "fabricate prepare synthesize produce make synthesise manufacture obtain create",
    "substitute replace dope doping partially substitution exchange",
    "report publish demonstrate",
    "magnesium mg",
    "room ambient",
    "additive binder",
    "film layer coating deposit deposition",
    "aluminium aluminum",
    "sodium na",
    "lithium li",
    "aim target goal purpose objective",
    "launch publish release original commercialize commercialise",
    "modern current present today",
    "novel new innovative",
    "lattice structure crystal symmetry",
    "grain crystallite",
    "particle precipitate powder",
    "pore porous porosity cavity",
    "crack fracture break fail failure rupture",
    "ductile ductility plastic plasticity deform deformation elongation stretch",
    "brittle brittleness",
    "stiff stiffness modulus elastic rigid",
    "bend bending flexural",
    "pull tensile tension",
    "squeeze compress compressive compression",
    "corrode corrosion rust oxidation",
    "oxidise oxidize oxidation oxide",
    "magnetise magnetize magnetic magnetization",
    "atmosphere gas environment vacuum air argon nitrogen",
    "instrument device apparatus machine equipment microscope calorimeter diffractometer spectrometer setup",
    "microprobe epma probe microanalyzer",
    "mould mold crucible die",
    "repeat reproduce reproducibility repetition cycle",
    "compare comparison comparable similar versus",
    "resemble similar like mimic analogous imitate",
    "divide classify group category class kind categorize",
    "consist compose contain comprise include",
    "embed dispersed distribute",
    "begin start onset initial beginning",
    "end finish final stop complete",
    "early first initial earliest",
    "choose select pick adopt employ",
    "exclude omit skip leave",
    "add addition additional",
    "remove eliminate removal extract avoid",
    "influence effect affect impact depend dependence",
    "cause reason because due attribute origin",
    "explain rationalize account interpret",
    "predict forecast estimate expect",
    "prove confirm verify show demonstrate",
    "simulate model compute calculate simulation computation",
    "discover find identify discovery",
    "suggest propose recommend",
    "assume suppose assumption",
    "describe characterize characterise represent",
    "define definition mean denote",
    "mechanism pathway",
    "barrier energy",
    "move migrate migration mobility diffuse diffusion transport travel",
    "ion cation anion",
    "couple pair",
    "battery cell accumulator",
    "charge discharge",
    "electrode anode cathode",
    "solvent electrolyte solution",
    "stable stability window durable",
    "defect vacancy dislocation",
    "boundary interface edge",
    "surface facet",
    "phase compound",
    "shell layer skin",
    "roll roller cylinder",
    "rod bar cylinder",
    "sheet strip plate ribbon foil tape",
    "sample specimen",
    "curve diagram plot graph",
    "scale magnitude order",
    "person author researcher scientist",
    "company corporation firm manufacturer industry",
    "university institute laboratory",
    "database dataset data",
    "library package module",
    "test testing trial examine examination",
    "write written develop implement contribute",
    "maintain maintainer maintenance support",
    "fund funding grant financial support",
    "error deviation uncertainty accuracy discrepancy",
    "noise scatter fluctuation",
    "efficient efficiency yield performance",
    "absorb absorption",
    "emit emission luminescence fluorescence",
    "light optical illumination",
    "colour color",
    "transparent transmittance",
    "dissolve soluble solubility solute",
    "wet wettability contact",
    "acid acidic ph",
    "catalyst catalytic catalyse catalyze",
    "lifetime durability degrade degradation",
    "equation formula rule law",
    "hypothetical assumed virtual",
    "artifact artefact",
    "centre center central",
    "fibre fiber",
    "grey gray",
    "litre liter",
    "try attempt test vary explore screen",
    "put insert introduce incorporate embed place",
    "attach anchor graft bond decorate",
    "swell expand expansion",
    "shrink contract shrinkage contraction",
    "assemble build construct",
    "stir agitate agitation",
    "mix mixture blend combine",
    "wash rinse clean",
    "grind mill pulverise pulverize crush",
    "compact press pellet",
    "sinter densify consolidate",
    "coat cover encapsulate wrap",
    "distinguish discriminate differentiate tell",
    "vanish disappear",
    "appear emerge arise",
    "clump aggregate agglomerate aggregation agglomeration cluster",
    "lose loss",
    "keep retain retention maintain preserve",
    "role function task",
    "drawback disadvantage shortcoming limitation weakness",
    "advantage benefit merit strength",
    "necessary require need",
    "evidence indication indicate sign",
    "coarsen ripen ripening growth",
    "capping ligand surfactant stabilizer stabiliser",
    "vessel reactor flask autoclave",
    "shape morphology form habit",
    "turn convert transform transformation conversion",
    "occur happen",
    "speed-up accelerate hasten promote",
    "bubble evolve evolution release",
    "share exchange",
    "wear abrasion",
    "twice double",
    "cutoff cut-off threshold",
    "optimal optimum optimize optimise best",
    "grow grown growth synthesize prepare",
    "freeze frozen",
    "break broken",
    "spin spun",
    "hold held",
    "drive driven",
    "match fit agree coincide align",
    "select screen",
    "gold au",
    "silver ag",
    "copper cu",
    "meter metre",
    "strain deformation",
    "inside within interior inner",
    "expense cost compromise detriment sacrifice",
    "tester machine",
)
_LITTLE = (
    "measure measured measurement determine determined estimate estimated find found obtain obtained show showed "
    "shown give given gave gives report reported reach reached use used using apply applied have exhibit exhibited "
    "observe observed achieve achieved calculate calculated predict predicted investigate investigated study studied "
    "appear produce produced contain contained contains include included assume assumed choose chosen select selected "
    "make form formed take taken need needed require required lie located call called name named present presented "
    "provide record recorded run carry carried perform performed become became follow followed follows get got come "
    "came know known say said tell state stated mention mentioned describe described accord according paper author "
    "authors work experiment experiments experimental sample samples specimen material materials alloy alloys value "
    "values high low large small good best much many often different certain alone first useful possible main typical "
    "new total turn turned served serve written runs any far employ employed cite cites change set sets chemical "
    "nominal stay stays belong go goes gone stand stands count counts lies happen happens occur occurs keep keeps "
    "kept hold holds held look looked comes fall falls second seconds wide-scale per whole really exactly usually "
    "typically compute computed simulate simulated expect expected assign assigned kind sort once still yet all both "
    "same other becomes let help helped prove proved proven made results approximately about roughly respectively "
    "type answer number there exceed exceeds against way saw see seen et near around left better one two three four "
    "end built build read supply supplied supplies purchase purchased buy bought deliver delivered faster slower "
    "higher lower larger smaller weaker stronger idea link linked allow allows allowed offer offers offered rest "
    "rests"
)
_CLASSES = (
    "technique method program software library language phase element metal composition formula process material "
    "year date company firm author researcher scientist country university microscope machine equipment supplier "
    "mode rule law solvent gas atmosphere tool agent package shape colour color structure lattice radiation test "
    "framework anion cation salt software factor compound alloy system model group space symmetry condition "
    "parameter reason ion dopant instrument device function"
)
ANIONS = {
    "P": "phosphate phosphide", "S": "sulfide sulphide sulfate sulphate", "O": "oxide hydroxide",
    "N": "nitride nitrate", "C": "carbide carbonate", "B": "boride borate borohydride", "H": "hydride",
    "F": "fluoride", "Cl": "chloride perchlorate", "Br": "bromide", "I": "iodide", "Se": "selenide",
    "Te": "telluride", "Si": "silicide silicate",
}  # fmt: skip
"""By element, the names of the anions whose formulas show it."""
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
        "mass": ("u:g1",),
        "size": ("u:m1",),
        "diameter": ("u:m1",),
        "thickness": ("u:m1",),
        "thick": ("u:m1",),
        "radius": ("u:m1",),
        "width": ("u:m1",),
        "long": ("u:s1",),
        "duration": ("u:s1",),
        "time": ("u:s1",),
        "depth": ("u:m1",),
        "deep": ("u:m1",),
        "wide": ("u:m1",),
        "tall": ("u:m1",),
        "height": ("u:m1",),
        "length": ("u:m1",),
        "distance": ("u:m1",),
        "spacing": ("u:m1",),
        "speed": ("u:m1s-1",),
        "velocity": ("u:m1s-1",),
        "frequency": ("u:s-1",),
        "power": ("u:m2g1s-3",),
        "current": ("u:A1",),
        "force": ("u:m1g1s-2",),
        "load": ("u:m1g1s-2",),
        "voltage": ("u:m2g1s-3A-1",),
        "pressure": ("u:m-1g1s-2",),
        "composition": ("f:",),
        "formula": ("f:",),
        "stoichiometry": ("f:",),
        "wavenumber": ("u:m-1",),
        "成分": ("f:",),
        "温度": ("u:K1",),
    }.items()
}
"""What the unit of a value, or a formula (`f:`), says as well as the word."""
SPELLED_UNITS = {
    "kelvin": "K", "volt": "V", "joule": "J", "gram": "g", "kilogram": "kg", "milligram": "mg", "second": "s",
    "minute": "min", "hour": "h", "day": "d", "metre": "m", "meter": "m", "millimetre": "mm", "millimeter": "mm",
    "micrometre": "um", "micrometer": "um", "nanometre": "nm", "nanometer": "nm", "pascal": "Pa",
    "angstrom": "angstrom", "megapascal": "MPa", "gigapascal": "GPa", "ampere": "A", "tesla": "T", "oersted": "Oe",
    "ohm": "ohm", "watt": "W", "newton": "N", "hertz": "Hz", "mole": "mol", "electronvolt": "eV",
    "percent": "%", "revolution": "1",
    "degree": "degC", "degrees": "degC", "siemens": "S", "litre": "L", "liter": "L",
}  # fmt: skip
"""Units that questions spell out."""
