"""Entries of the timeline: the typed answer of a decision and the outcome of an approval, as labelled lines."""

from __future__ import annotations

from typing import Any

from eutectic.agents.report.blocks import Entry, QuoteLine
from eutectic.agents.report.ledger import ApprovalEntry, DecisionEntry
from eutectic.agents.report.wording import number, plural
from eutectic.core.record import canonical_json

_SPECIAL = {"quotes", "trials", "findings", "judgements", "steps", "analysis_code"}
_FIRST = (
    "headline",
    "action",
    "summary",
    "assessment",
    "reason",
    "strategy",
    "success",
    "confidence",
    "trust",
    "explore",
    "note",
)
_MOST_TOOL_TEXT = 400


def decision_entry(entry: DecisionEntry, marks: dict[tuple[str, int, str], str]) -> Entry:
    """A decision as the timeline shows it; `marks` are those of the quotes that were checked against their pages."""
    troubles = tuple(f"attempt failed: {line}" for line in entry.attempts)
    if entry.fallback:
        troubles += (f"the rules answered in place of the model: {entry.fallback}",)
    tools = tuple(
        f"{call.tool}({canonical_json(call.arguments)}) → "
        f"{'error: ' if call.is_error else ''}{call.result[:_MOST_TOOL_TEXT]}"
        for call in entry.tools
    )
    answer = entry.answer
    return Entry(
        who=entry.role,
        what=entry.name.replace("_", " "),
        at=entry.at,
        mind=entry.mind,
        model=entry.model,
        lines=tuple(_lines(answer)),
        quotes=tuple(_quotes(entry, marks)),
        troubles=troubles,
        tools=tools,
        code=str(answer.get("analysis_code", "")),
    )


def _lines(answer: dict[str, Any]) -> list[tuple[str, str]]:
    names = [name for name in _FIRST if name in answer]
    names += [name for name in answer if name not in names and name not in _SPECIAL]
    lines = [(name.replace("_", " "), _plain(answer[name])) for name in names if answer[name] not in ("", None, [], {})]
    for item in answer.get("findings") or ():
        lines.append(
            ("finding", f"{item.get('text', '')} ({', '.join(map(str, item.get('trials') or ())) or 'no trial named'})")
        )
    for item in answer.get("judgements") or ():
        lines.append((f"{item.get('verdict', '')} {item.get('trial', '')}", str(item.get("reason", ""))))
    for item in answer.get("trials") or ():
        own = "".join(f"{p['component']}{number(100 * p['fraction'])}" for p in item.get("parts") or ())
        lines.append((item.get("candidate") or f"own recipe {own}", str(item.get("why", ""))))
    for place, item in enumerate(answer.get("steps") or (), start=1):
        settings = ", ".join(f"{p['name']} {p['value']} {p['unit']}".strip() for p in item.get("parameters") or ())
        lines.append(
            (f"step {place}", f"{item.get('action', '')}{f' ({settings})' if settings else ''}. {item.get('note', '')}")
        )
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(item.rstrip(".") for item in value)
    return canonical_json(value)


def _quotes(entry: DecisionEntry, marks: dict[tuple[str, int, str], str]) -> list[QuoteLine]:
    passages = {str(p.get("id")): p for p in entry.context.get("passages") or ()}
    found = []
    for item in entry.answer.get("quotes") or ():
        passage = passages.get(str(item.get("passage")), {})
        document, page = str(passage.get("document", "unknown document")), int(passage.get("page", 0))
        text = str(item.get("quote", ""))
        is_checked = (document, page, text) in marks
        place = f"{document}, page {page}, {'checked verbatim' if is_checked else 'not used as evidence'}"
        place += f" {marks[document, page, text]}" if is_checked else ""
        found.append(QuoteLine(text, place, str(item.get("why", ""))))
    return found


def approval_entry(entry: ApprovalEntry) -> Entry:
    """A plan with the gate's checks and who let it pass."""
    lines: list[tuple[str, str]] = []
    if entry.plan is not None:
        kind = "simulated" if entry.plan.simulated else "not simulated"
        cost = f"cost {number(entry.plan.cost)}, {number(entry.plan.hours)} h"
        lines.append(
            (
                "plan",
                f"{plural(len(entry.plan.samples), 'sample')} on lab {entry.plan.lab} ({kind}), {cost}, "
                f"sha256 {entry.plan.sha256[:12]}",
            )
        )
    if entry.verdict is not None:
        worst = [check for check in entry.verdict.checks if check.verdict != "pass"]
        passed = len(entry.verdict.checks) - len(worst)
        lines.append(
            ("gate", f"{plural(passed, 'check')} passed{', the plan is blocked' if entry.verdict.is_blocked else ''}")
        )
        lines += [(check.verdict, f"{check.name}: {check.detail}") for check in worst]
    if entry.reason:
        lines.append(("asked because", entry.reason))
    approval = entry.approval
    if approval is None:
        lines.append(("approval", "waiting for a person" if entry.reason else "none recorded"))
        return Entry("gate", f"plan {entry.slot}", entry.at, "gate", "", tuple(lines))
    lines.append((approval.decision, f"by {approval.by}: {approval.reason or 'no reason given'}"))
    if approval.keep:
        lines.append(("kept", ", ".join(approval.keep)))
    mind = "rules" if approval.by in ("policy", "auto") else "person"
    return Entry("approval", f"plan {entry.slot}", entry.at, mind, "", tuple(lines))
