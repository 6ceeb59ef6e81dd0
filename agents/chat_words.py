"""What the chat recognises and says, in English and Chinese."""

from __future__ import annotations

import re

from eutectic.agents.goal.asking import Language
from eutectic.core.quantity import headed
from eutectic.core.space import ComponentRange, Continuous
from eutectic.core.spec import CampaignSpec

YES = re.compile(
    r"(?:yes|y|yep|yeah|ok|okay|go|start|go ahead|confirm|confirmed|correct|好|好的|是|是的|对|确认|开始|可以|行|没问题)[.!。 ]*",
    re.I,
)
NO = re.compile(r"(?:no|n|nope|cancel|forget it|never mind|不|不是|不要|取消|算了|不对)[.!。 ]*", re.I)
HELP = re.compile(r"(?:help|\?|h|what can you do|帮助|你能做什么|你会做什么)[.!?？。 ]*", re.I)
STATUS = re.compile(
    r"(?:what(?:'s| is) the |show (?:me )?(?:the )?)?(?:status|state|progress|best(?: so far)?|where are we|how(?:'s| is) it going|how far(?: are we)?)"
    r"(?: of (?:the|my) campaign)?[.!?？ ]*|(?:现在|目前|当前)?(?:状态|进度|进展|情况|到哪了|怎么样了|最好的?结果)(?:如何|怎么样|是什么)?[吗呢。?？ ]*",
    re.I,
)  # fmt: skip
WHY = re.compile(r"(?:why|explain)\s+(?:did you (?:choose|try|pick)\s+|was\s+|trial\s+)*(?P<trial>r\d{1,6}-s\d{1,3})(?: chosen| tried| picked)?\s*[?？.]*"
                 r"|为什么(?:选择?|要做|做|试)?\s*(?P<versuch>r\d{1,6}-s\d{1,3})\s*[?？。]*|(?P<probe>r\d{1,6}-s\d{1,3})\s*为什么\s*[?？。]*", re.I)  # fmt: skip
_TAIL = r"(?:\s+(?:it|this|that|the plan|plan))?(?:\s*[,:;.!—-]\s*|\s+(?:because|since)\s+|[,:。!;,因为]+\s*|\s*$)(?P<reason>.*)"
APPROVE = re.compile(
    r"(?:i\s+|please\s+)?approved?"
    + _TAIL
    + r"|(?:批准|同意|通过)(?:了|计划|这个计划)?(?:[,:。!;\s]+|因为|$)(?P<grund>.*)",
    re.I | re.S,
)
REJECT = re.compile(
    r"(?:i\s+|please\s+)?reject(?:ed)?"
    + _TAIL
    + r"|(?:拒绝|驳回|不批准|不同意)(?:了|计划|这个计划)?(?:[,:。!;\s]+|因为|$)(?P<grund>.*)",
    re.I | re.S,
)
CONDITION = re.compile(r"(?:but|except|if|unless|only|not|without|once|after|when|但|除|如果|只|不|等)", re.I)
STOP = re.compile(
    r"(?:stop|abort|halt|end)(?: it| now| the campaign)?(?:\s*[,:;]\s*(?P<reason>.*))?[.! ]*|(?:停止|终止|中止|停)(?:吧|实验|任务)?(?:[,:]\s*(?P<grund>.*))?[。!! ]*",
    re.I,
)
ASK = re.compile(
    r"(?:ask|ask the library|library|look up|查文献|问文献|文献)\s*[:：,，]?\s+(?P<question>\S.*)|(?:查文献|问文献|文献)[:,]\s*(?P<frage>\S.*)",
    re.I | re.S,
)
EDIT_LEAD = re.compile(r"(?:yes|no|ok|okay|好的?|不|是的?|对)?\s*[,，]?\s*(?:but|change|make it|make|set|instead|with|and|但是?|不过|改成|改为|改|请改|把)(?![A-Za-z])[:：]?\s*", re.I)  # fmt: skip

SAYINGS: dict[str, tuple[str, str]] = {
    "help": (
        "I can do: start a campaign from a goal sentence (such as: highest Bs of Fe-Co-B-Si, Co below 20 %, in 40"
        " experiments), 'status', 'why r02-s03', 'approve: reason', 'reject: reason', 'stop', 'ask: question' to the"
        " library.",
        "我可以:根据目标语句启动实验(例如:最大化 Fe-Co-B-Si 的饱和磁感应强度,钴不超过20%,40次实验)、“状态”、“为什么 r02-s03”、"
        "“批准:理由”、“拒绝:理由”、“停止”、“文献:问题”。",
    ),
    "confirm": ("Shall I start this? (yes / no / say what to change)", "是否开始?(好 / 不 / 或说明要改什么)"),
    "dropped": ("Dropped. Nothing was started.", "已取消,什么都没有启动。"),
    "condition": (
        "A plan is approved as a whole or rejected with a reason; this was neither.",
        "计划只能整体批准,或说明理由后拒绝;这两者都不是。",
    ),
    "nothing": ("There is nothing to confirm.", "没有需要确认的内容。"),
    "reason": ("Give the reason, such as '{0}: composition out of the furnace range'.", "请给出理由,例如“{1}:理由”。"),
    "kept": ("The goal stands as it was.", "目标保持不变。"),
    "usual": ("(its usual direction; you gave none)", "(按惯例方向,您未说明)"),
}


def say(language: Language, key: str, *parts: str) -> str:
    """One of the chat's sentences."""
    return SAYINGS[key][language == "zh"].format(*parts)


def describe(spec: CampaignSpec, language: Language, assumed: tuple[str, ...] = ()) -> str:
    """A spec in words, a line for each part, so that a person can confirm it."""
    zh = language == "zh"
    names = (
        ("目标", "成分", "规则", "工艺", "预算", "实验室")
        if zh
        else ("Goal", "Space", "Rules", "Process", "Budget", "Lab")
    )
    wishes = "; ".join(
        _wish(item, zh) + (" " + say(language, "usual") if item.property in assumed else "") for item in spec.objectives
    )
    rules = [rule.name for rule in spec.space.rules]
    if spec.space.max_components is not None:
        rules.append(
            f"最多 {spec.space.max_components} 种" if zh else f"at most {spec.space.max_components} components"
        )
    rules += [rule.words() for rule in spec.space.presence]
    if spec.space.max_price is not None:
        rules.append(f"每千克最多 {spec.space.max_price:g}" if zh else f"at most {spec.space.max_price:g} per kg")
    space = f"{spec.space.basis}: " + ", ".join(_range(item) for item in spec.space.components)
    process = ", ".join(
        f"{v.name} {v.low:g}–{v.high:g} {v.unit}" for v in spec.space.process if isinstance(v, Continuous)
    )
    law = spec.lab.settings.get("law")
    lab = spec.lab.kind + (f" ({law})" if law else "")
    lines = [(names[0], wishes), (names[1], space), (names[2], "; ".join(rules)), (names[3], process)]
    lines += [(names[4], _budget(spec, zh)), (names[5], lab)]
    return "\n".join(f"{name}: {text}" for name, text in lines if text)


def _wish(item: object, zh: bool) -> str:
    from eutectic.core.objective import Objective

    assert isinstance(item, Objective)
    words = {"maximize": ("maximize", "最大化"), "minimize": ("minimize", "最小化"), "target": ("target", "目标值")}
    text = headed(item.property, item.unit)
    if item.role == "optimize":
        text = f"{words[item.direction][zh]} {text}"
    if item.target is not None and item.tolerance is not None:
        text += f" {item.target:g} ± {item.tolerance:g}"
    if item.at_least is not None:
        text += f" ≥ {item.at_least:g}"
    if item.at_most is not None:
        text += f" ≤ {item.at_most:g}"
    return text


def _range(item: ComponentRange) -> str:
    if item.min == item.max:
        return f"{item.name} {item.min * 100:g}%"
    return f"{item.name} {item.min * 100:g}–{item.max * 100:g}%"


def _budget(spec: CampaignSpec, zh: bool) -> str:
    budget = spec.budget
    parts = [
        f"{budget.experiments} 次实验,每批 {spec.batch}"
        if zh
        else f"{budget.experiments} experiments, {spec.batch} at a time"
    ]
    if budget.money is not None:
        parts.append(f"{budget.money:g} {budget.currency}")
    if budget.hours is not None:
        parts.append(f"{budget.hours:g} h")
    return ", ".join(parts)
