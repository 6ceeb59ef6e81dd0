"""The goal grammar: rules that read a sentence in English or Chinese and account for every word of it."""

from __future__ import annotations

import re

from eutectic.agents.goal.asking import Language
from eutectic.agents.goal.draft import GoalDraft
from eutectic.agents.goal.reading import Reading
from eutectic.agents.goal.resources import read_resources
from eutectic.agents.goal.sentence import Sentence
from eutectic.agents.goal.shares import read_space
from eutectic.agents.goal.wishes import assign_directions, read_wishes

MAX_LENGTH = 2000
_SILENT_ENGLISH = (
    "a|an|the|this|that|which|whose|its|it|is|are|be|has|have|having"
    "|with|of|in|on|for|from|to|and|but|while|also|at|by"
    "|please|we|you|me|us|my|our|want|wants|need|would like|wish|can|could|let|let's|find|search|look|looking|seek"
    "|discover|design|identify|develop|determine|get|make|give|show|start|run|a campaign|campaign|goal|aim|objective|task"
    "|alloy|alloys|material|materials|composition|compositions|compound|compounds|system"
    "|mixture|element|elements"
    "|catalyst|catalysts|electrocatalyst|soft[- ]magnetic|soft magnet|magnet|containing|contains"
    "|contain|consisting|composed|made|among|using|use|content|keep|keeping|kept|stay|stays|should|must|shall|as well as"
    "|hi|hello|thanks|thank you|help|then|so|same time|of course|ok|okay|possible space|space|search space|value"
)
_SILENT_CHINESE = (
    "请|帮我|帮忙|我们|我|你|您|想要|想|要|希望|需要|寻找|搜索|找到|找出|找|设计|开发|确定|得到|获得|给出|一种|一个|合金|材料|体系|系统|成分|组成"
    "|配方|化合物|催化剂|软磁|磁体|的|在|中|里|内|使得|使|让|其|它|具有|具备|有|并且|并|且|而且|同时|和|与|及|以及|要求|元素|含量|含有|含|包含|包括|由"
    "|组元|为|是|将|把|进行|实现|目标|任务|保持|控制|满足|条件|情况|下|时|预算|性能|尽量|可以|能|应该|应|需|必须|以|从|对|于|做|用|吧|呢|了|谢谢|你好|您好"
)


def parse_goal(text: str) -> GoalDraft:
    """What a sentence says of a goal, and every word that no rule accounts for.

    The rules never drop a word: what they do not know stands in `unaccounted`, and `to_spec` then refuses.
    """
    sentence = Sentence(text[:MAX_LENGTH])
    language: Language = "zh" if re.search(r"[\u3400-\u9fff]", sentence.text) else "en"
    reading = Reading(sentence, language)
    read_resources(reading)
    read_wishes(reading)
    read_space(reading)
    assign_directions(reading)
    _silence(sentence)
    rest = [f"… ({len(text)} > {MAX_LENGTH})"] if len(text) > MAX_LENGTH else []
    return _finish(reading, text[:MAX_LENGTH].strip(), tuple(dict.fromkeys([*sentence.words_left(), *rest])))


def _silence(sentence: Sentence) -> None:
    """Strike out words that carry no wish of their own."""
    sentence.take(
        r"(?<![A-Za-z'-])I(?:'d like|'m looking| am looking|(?= (?:want|need|wish|would)))(?![A-Za-z'-])",
        lambda _: None,
    )
    # A capital inside a sentence may be an element: Be, In, As.
    sentence.take(rf"(?<![A-Za-z'-])(?-i:{_SILENT_ENGLISH})(?![A-Za-z'-])", lambda _: None)
    sentence.take(rf"(?:^|(?<=[.!?;:]\s))\s*(?:{_SILENT_ENGLISH})(?![A-Za-z'-])", lambda _: None)
    sentence.take("|".join(sorted(_SILENT_CHINESE.split("|"), key=len, reverse=True)), lambda _: None)


def _finish(reading: Reading, text: str, unaccounted: tuple[str, ...]) -> GoalDraft:
    for name in reading.based:
        if reading.bounds[name].min is None:
            reading.doubt("base", name)
    excluded = sorted(set(reading.excluded))
    return GoalDraft(
        text=text,
        language=reading.language,
        objectives=tuple(reading.wishes[name] for name in sorted(reading.wishes, key=lambda n: reading.places[n][0])),
        components=tuple(reading.bounds.values()),
        rules=tuple(reading.rules),
        excluded=tuple(excluded),
        max_components=reading.max_components,
        basis=reading.basis,
        process=tuple(reading.process.values()),
        experiments=reading.counts.get("experiments"),
        batch=reading.counts.get("batch"),
        money=reading.money,
        currency=reading.currency,
        hours=reading.hours,
        lab=reading.lab,
        doubts=tuple(reading.doubts),
        unaccounted=unaccounted,
    )
