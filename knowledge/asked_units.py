"""What a question asks for by its words, and the units that a value of it may be in."""

from __future__ import annotations

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\btemperature|\bhow hot|\bnose\b|温度|多热", ("K",)),
    (
        r"\b(?:cooling|heating|quench\w*|scan\w*)\s+rate|\bhow (?:fast|quickly)\b.*\bcool|"
        r"冷却速[率度]|升温速[率度]",
        ("K/s",),
    ),
    (r"\b(?:casting |rotation\w* |wheel |scan\w* )?(?:speed|velocity)|速度", ("m/s", "1/s")),
    (r"\bhow (?:well|badly|strongly)\b.*\bconduct", ("S/m", "W/m/K")),
    (
        r"\brate\b(?! of)|\bhow (?:quickly|rapidly)\b.*\b(?:cool|solidif|freez|heat)\w*|\bhow fast|速率|多快",
        ("K/s", "m/s", "1/s"),
    ),
    (
        r"\bhow heavy|\bhow much .*weigh|\b(?:kilo|milli|micro)?grams?\b|"
        r"\bmass\b(?! (?:fraction|gain|loss|change|ratio))|"
        r"\bweight\b(?! (?:fraction|percent|gain|loss|change|ratio))|"
        r"质量(?!分数)|多重",
        ("kg",),
    ),
    (r"\btime\b|\bduration|\bhow long\b|\bhours?\b|\bminutes?\b|\bseconds?\b|时间|多久|多长时间", ("s",)),
    (
        r"\bdiameter|\bradius|\bthickness|\bwidth|\bheight|\blength|\bdepth|\bsizes?\b|\bhow (?:thick|wide|tall)\b"
        r"|直径|半径|厚度|宽度|尺寸|粒径|多厚|多大|多宽|多长(?!时)",
        ("m",),
    ),
    (
        r"\bhow (?:big|large)\b(?=.*\b(?:error|differen\w+|chang\w+|deviation|effect|increase|decrease|gain|mismatch|"
        r"strain|share|part|loss|drop)\b)",
        ("%",),
    ),
    (r"\bhow (?:big|large)\b", ("m",)),
    (r"\bwavelength|波长", ("m",)),
    (r"\bwave ?numbers?\b|\braman shift|波数", ("1/m",)),
    (r"\b(?:weight|mass) (?:gain|loss|change)|失重|增重", ("%", "kg", "kg/m2")),
    (r"\bheat capacity|\bspecific heat|\bentrop(?:y|ies)\b", ("J/mol/K", "J/kg/K")),
    (r"(?<!charge )\bcurrent\b(?! (?:densit|collector))|电流(?!密度)", ("A", "A/m2")),
    (r"\bpH\b", ("%",)),
    (
        r"\bvoltage|(?<!interaction )(?<!interatomic )(?<!pair )(?<!pseudo)(?<!force )\bpotential\b|电压|电位|电势",
        ("V",),
    ),
    (
        r"\bfraction|\bcontent|\bpercent\w*|\bhow (?:much|pure)\b|\befficiency|\bpurity|\byield\b(?! str)|"
        r"含量|分数|效率|纯度",
        ("%",),
    ),
    (r"\b(?:part|share|portion|proportion)\b|比例|占比", ("%",)),
    (r"\bexpansion coefficient|热膨胀系数", ("1/K",)),
    (r"\bband ?-?gap|\bactivation energ|\b(?:diffusion|migration|energy) barrier|带隙|激活能|活化能", ("eV", "J/mol")),
    (r"\b(?:magnetic )?moments?\b|磁矩", ("A m2", "A m2/mol")),
    (
        r"\blattice (?:parameter|constant)s?|\bdistances?\b|\bspacing|\bhow (?:rough|deep|far)\b|\broughness|"
        r"晶格常数|间距|距离",
        ("m",),
    ),
    (r"\bforces?\b|\bload\b|载荷", ("N",)),
    (r"\bcut-?off energ|截断能", ("eV",)),
    (r"\brevolutions?\b|\brpm\b", ("1/s",)),
    (r"\bhow (?:dense)\b", ("kg/m3",)),
    (r"\bstrain\b(?! rate)|\bdeformation\b(?! rate| temperature)|\bhow far\b.*\b(?:elongat|stretch)\w*|应变", ("%",)),
    (r"\bhall[-–]petch (?:slope|coefficient|constant|parameter)|\bstress intensity", ("MPa m^0.5",)),
    (r"\bcapacity retention|\bcoulombic", ("%",)),
    (r"\bhow long (?:is|are)\b", ("s", "m")),
    (r"\b(?:resistance|impedance)\b|电阻(?!率)|阻抗", ("ohm", "ohm m2")),
    (r"\b(?:mass |areal )?loadings?\b|载量", ("kg/m2",)),
    (r"\bconcentration|\bmolarity\b|浓度", ("mol/m3", "%", "kg/m3", "m-3")),
    (r"\bmol(?:ar|ecular) (?:weight|mass)|分子量|摩尔质量", ("kg/mol",)),
    (r"\bfrequenc(?:y|ies)|频率", ("1/s",)),
    (r"\bpower\b(?! (?:densit|law|factor|suppl))|功率", ("W",)),
    (r"\bcurrent densit|电流密度", ("A/m2", "A/kg")),
    (r"\barea\b|面积", ("m2", "m2/kg")),
    (r"\bvolume\b(?! fraction)|体积(?!分数)", ("m3",)),
    (r"\bangle|角度", ("deg",)),
    (r"\bpressure|\bmodulus|\bstress|压力|模量|应力", ("Pa",)),
    (r"\bstrength|强度(?!.*磁)", ("Pa",)),
    (r"\bhardness|\bhow hard\b|硬度", ("Pa", "HRC")),
    (
        r"(?<!energy )(?<!power )(?<!flux )(?<!current )(?<!dislocation )(?<!defect )(?<!number )(?<!carrier )"
        r"\bdensity\b(?!-? ?functional| of states)|(?<!电流)(?<!能量)(?<!位错)密度",
        ("kg/m3",),
    ),
    (r"\benergy densit|能量密度", ("J/m3", "J/kg")),
    (r"\bflux densit|磁通密度", ("T",)),
    (r"\b(?:dislocation|defect|number|carrier|precipitate|particle|vacancy|pore) densit|位错密度", ("m-2", "m-3")),
    (r"\bvolum\w+ capacity|容量", ("A s/m3",)),
    (r"\bcapacity\b", ("A s/kg", "A s/m3")),
    (r"\b(?:ionic|electr\w+|ion) conductivity|\bconductivit|电导率", ("S/m",)),
    (r"\bthermal conductivity|热导率", ("W/m/K",)),
    (r"\bheat transfer coefficient|换热系数|传热系数", ("W/m2/K",)),
    (r"\benergy\b|\benthalpy|能量|焓", ("J", "J/kg", "J/mol", "eV", "J/m3", "J/m2")),
)
"""Patterns of what is asked for, and the units an answer may be in."""
