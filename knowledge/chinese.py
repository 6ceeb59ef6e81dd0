"""Chinese text as search tokens: runs cut at function words, pairs of neighbouring characters, element names."""

from __future__ import annotations

import re

RUN = r"\u3400-\u9fff"
_FUNCTION = (
    "请问|什么|多少|哪些|哪个|哪种|哪里|如何|怎样|怎么|是否|能否|为何|为什么|几个|几种|多大|多高|多长|多快|多厚|多重|"
    "以及|或者|并且|但是|因为|所以|由于|通过|对于|关于|根据|其中|其它|其他|之间|这种|那种|分别|的|了|是|与|及|该|吗|呢"
)
_CUT = re.compile(rf"(?:{_FUNCTION})")
_SEGMENT = re.compile(rf"[{RUN}]+")
_ELEMENT_NAMES = (
    "氢:H 锂:Li 铍:Be 硼:B 碳:C 氮:N 氧:O 氟:F 钠:Na 镁:Mg 铝:Al 硅:Si 磷:P 硫:S 氯:Cl 钾:K 钙:Ca 钪:Sc 钛:Ti "
    "钒:V 铬:Cr 锰:Mn 铁:Fe 钴:Co 镍:Ni 铜:Cu 锌:Zn 镓:Ga 锗:Ge 砷:As 硒:Se 溴:Br 铷:Rb 锶:Sr 钇:Y 锆:Zr 铌:Nb 钼:Mo "
    "钌:Ru 铑:Rh 钯:Pd 银:Ag 镉:Cd 铟:In 锡:Sn 锑:Sb 碲:Te 碘:I 铯:Cs 钡:Ba 镧:La 铈:Ce 镨:Pr 钕:Nd 钐:Sm 铕:Eu 钆:Gd "
    "铽:Tb 镝:Dy 钬:Ho 铒:Er 铥:Tm 镱:Yb 镥:Lu 铪:Hf 钽:Ta 钨:W 铼:Re 锇:Os 铱:Ir 铂:Pt 金:Au 汞:Hg 铊:Tl 铅:Pb 铋:Bi"
)
_ELEMENTS = dict(pair.split(":") for pair in _ELEMENT_NAMES.split())
_ASKED = re.compile(
    rf"([{RUN}A-Za-z0-9]+?)(?:大约|约|分别)?(?:是|为|有|达到|达)?(?:多少|什么|多大|多高|多长|多快|多厚|几)"
)
_WHICH = re.compile(
    rf"(?:哪种|哪些|哪个|哪一种|何种|什么)((?!样|时候)[{RUN}]{{2,}}?)"
    r"(?=测|制|熔|合成|表征|进行|计算|得|是|的|在|中|与|对|来|可以|能|$|[？?，,A-Za-z])"
)
_NOT_GOLD = re.compile(r"金(?!元素|含量|的含量|原子|靶|丝|膜|箔|纳米)")
"""金 is metal or alloy as a rule and gold only before these words."""


def is_chinese(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff"


def pair_tokens(run: str) -> list[str]:
    """Pairs of neighbouring characters of a run, none across a function word; a lone character stands by itself."""
    found: list[str] = []
    for piece in _CUT.split(run):
        found += [piece[i : i + 2] for i in range(max(1, len(piece) - 1))] if piece else []
    return found


def element_tokens(text: str) -> list[str]:
    """Element tokens of the element names in a text."""
    found = []
    for run in _SEGMENT.findall(text):
        named = _NOT_GOLD.sub("", run)
        found += [f"el:{_ELEMENTS[character]}" for character in named if character in _ELEMENTS]
    return found


def asked(question: str) -> str:
    """The noun a Chinese question asks for: what stands before 是多少, 是什么, 有多大; empty where none does."""
    match = _WHICH.search(question) or _ASKED.search(question)
    return re.split(r"的|在|中", match[1])[-1] if match else ""
