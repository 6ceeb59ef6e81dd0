"""The variables of processing that a text names, `anneal_temperature`, and which of them it says to go up or down."""

from __future__ import annotations

import re
from typing import NamedTuple

_STAGES = {
    "anneal": r"anneal\w*|heat[- ]treat\w*|退火|热处理",
    "age": r"ag(?:e?ing|ed)|时效",
    "temper": r"temper(?:ing|ed)|回火",
    "sinter": r"sinter\w*|firing|烧结",
    "calcine": r"calcin\w*|煅烧",
    "solution": r"solution(?:i[sz]ing|[- ](?:heat[- ])?treat\w*)|固溶",
    "mill": r"(?:ball[- ])?milling|球磨",
    "quench": r"quench\w*|淬火",
    "cool": r"cooling|冷却",
    "deposit": r"deposition|deposited|sputter\w*|沉积|溅射",
    "substrate": r"substrate|衬底|基底",
    "growth": r"growth|grown|生长",
    "wheel": r"wheel|roll(?:er)?|辊",
    "laser": r"laser|激光",
    "scan": r"scan(?:ning)?|扫描",
    "press": r"press(?:ing|ed)|compaction|压制",
    "oxygen": r"oxygen(?: partial)?|氧",
    "film": r"(?:film|layer|coating)s?|薄膜|膜",
    "hold": r"holding|soaking|dwell|保温",
    "extrude": r"extrusion|挤压",
}
_QUANTITIES = {
    "temperature": r"temperatures?|温度",
    "time": r"times?|durations?|时间",
    "pressure": r"pressures?|压力|压强",
    "rate": r"rates?|速率|冷速",
    "speed": r"speeds?|velocit(?:y|ies)|速度|速",
    "power": r"powers?|功率",
    "thickness": r"thickness(?:es)?|厚度?",
}
_STAGE = "|".join(f"(?P<{name}>{words})" for name, words in _STAGES.items())
_QUANTITY = "|".join(f"(?P<{name}>{words})" for name, words in _QUANTITIES.items())
_NAMED = re.compile(
    rf"\b(?:{_STAGE})[\s-]*(?:{_QUANTITY})(?![a-z])".replace(r"\b(?:", r"(?<![A-Za-z])(?:", 1), re.IGNORECASE
)
_RAISED = (
    r"increas\w*|rais\w*|ris(?:e|es|ing)|rose|higher|longer|prolong\w*|extend\w*|extension|larger|greater|faster|elevat\w*|"
    r"thicker|grow\w*|升高|提高|增加|增大|延长|加快|上升"
)
_LOWERED = (
    r"decreas\w*|reduc\w*|lower\w*|shorter|shorten\w*|smaller|slower|slow\w*|thinner|fall\w*|drop\w*|"
    r"降低|减小|减少|缩短|下降"
)
_BEFORE = re.compile(
    rf"(?:(?P<up>{_RAISED})|(?P<down>{_LOWERED}))(?:\s+(?:of|in|on))?(?:\s+(?:the|an?|both))?\s*$", re.IGNORECASE
)
_BEHIND = re.compile(
    rf"\s*(?:的)?(?:\s*(?:is|was|are|were|has|been|further|gradually|during\s+\w+))*\s*(?:(?P<up>{_RAISED})|(?P<down>{_LOWERED}))",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"(?<![A-Za-z])(?:(?P<longer>longer|prolonged|extended)\s+(?P<stage1>{'|'.join(_STAGES.values())})(?!\s+(?:temp|rate|speed))"
    rf"|(?P<stage2>{'|'.join(_STAGES.values())})\b[^.;,]{{0,30}}?\b(?:at\s+(?P<hot>higher|elevated|increas\w+|lower|decreas\w+)\s+temperatures?"
    rf"|for\s+(?P<long>longer|shorter|prolonged)(?:\s+(?:times?|durations?|periods?))?)"
    rf"|(?P<thick>thicker|thinner)\s+(?:films?|layers?|coatings?))",
    re.IGNORECASE,
)
_WITH = re.compile(r"\b(?:with|on|upon|by)\s+(?:the\s+)?$|随(?:着)?$", re.IGNORECASE)
DONE = re.compile(rf"(?:(?<![A-Za-z])(?=[A-Za-z])|(?=[^\x00-\x7f]))(?:{_STAGE})(?![a-z])", re.IGNORECASE)


class Moved(NamedTuple):
    """A variable of processing that a clause says to go up or down."""

    start: int
    end: int
    variable: str
    sign: int


def moved(clause: str) -> list[Moved]:
    """The variables of a clause that go up or down, with the span that says so."""
    found: list[Moved] = []
    for match in _NAMED.finditer(clause):
        before, behind = _BEFORE.search(clause[: match.start()]), _BEHIND.match(clause, match.end())
        variable = _variable(match)
        if before is not None:
            end = behind.end() if behind and _BEHIND.match(clause, match.end()) is None else match.end()
            found.append(Moved(before.start(), end, variable, 1 if before["up"] else -1))
        elif behind is not None and _is_condition(clause, match.start()):
            found.append(Moved(match.start(), behind.end(), variable, 1 if behind["up"] else -1))
        elif _WITH.search(clause[: match.start()]):
            found.append(Moved(match.start(), match.end(), variable, 1))
    for match in _LOOSE.finditer(clause):
        if any(item.start < match.end() and match.start() < item.end for item in found):
            continue
        word = (match["longer"] or match["hot"] or match["long"] or match["thick"]).lower()
        name = "thickness" if match["thick"] else "temperature" if match["hot"] else "time"
        stage = "film" if match["thick"] else _stage(match["stage1"] or match["stage2"])
        is_down = word in ("lower", "shorter", "thinner") or word.startswith("decreas")
        found.append(Moved(match.start(), match.end(), f"{stage}_{name}", -1 if is_down else 1))
    return found


def _is_condition(clause: str, start: int) -> bool:
    """Whether the words before a variable say that it is what was changed, not what changed."""
    return bool(
        re.search(
            r"\b(?:when|as|if|once|while|by|after)\b[^,;，]*$|当|随着?[^，]*$|^\s*(?:the\s+)?$",
            clause[:start],
            re.IGNORECASE,
        )
    )


def _variable(match: re.Match[str]) -> str:
    quantity = next(name for name in _QUANTITIES if match[name])
    return f"{stage_of(match)}_{quantity}"


def stage_of(match: re.Match[str]) -> str:
    return next(name for name in _STAGES if match[name])


def _stage(text: str) -> str:
    return next(name for name, words in _STAGES.items() if re.fullmatch(words, text, re.IGNORECASE))


def variables_in(text: str) -> frozenset[str]:
    """Every variable of processing that a text names: its stage with its quantity, in any wording."""
    return frozenset((*(_variable(match) for match in _NAMED.finditer(text)), *(item.variable for item in moved(text))))


def stages_in(text: str) -> frozenset[str]:
    """The stages of processing that a text names."""
    return frozenset(stage_of(match) for match in DONE.finditer(text))
