"""The RO-Crate of an export: its files, runs, people, devices and lots as JSON-LD.

.. [ROCrate1.2] doi:10.5281/zenodo.13751027, RO-Crate Metadata Specification 1.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eutectic.agents.report.ledger import Ledger
from eutectic.core.record import sha256
from eutectic.core.trial import Observation

METADATA = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
PROFILE = "https://w3id.org/ro/crate/1.2"
_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}
_ABOUT = {
    "observations.csv": "Every observation as it was measured, one line each",
    "observations.jsonl": "Every observation without loss, with lots, devices, operators, times and raw files",
    "prior_data.csv": "What models may learn from, as earlier measurements for another campaign",
    "notebook.jsonl": "Every event of the campaign, chained by hashes",
    "spec.yaml": "What the campaign was asked for",
    "report.html": "The report",
    "report.md": "The report as plain text",
    "README.md": "What is what in this folder",
}
_UNSTATED = "#licence-not-stated"
Entity = dict[str, Any]


def crate(root: Path, ledger: Ledger, sums: Mapping[str, str], licence: str) -> Entity:
    """The metadata document of an export.

    Args:
        root: The folder of the export.
        ledger: The campaign.
        sums: SHA-256 of every file by its path in the folder.
        licence: URL of the licence; empty where none is stated.
    """
    files = [_file(root, name, digest) for name, digest in sorted(sums.items())]
    runs, context = _runs(ledger, sums)
    given = licence or _UNSTATED
    contextual = [_licence(given, licence), _software(), *context]
    return {
        "@context": CONTEXT,
        "@graph": [
            {"@id": METADATA, "@type": "CreativeWork", "conformsTo": _ref(PROFILE), "about": _ref("./")},
            _dataset(ledger, files, runs, given),
            *files,
            *runs,
            *contextual,
        ],
    }


def _ref(name: str) -> Entity:
    return {"@id": name}


def _dataset(ledger: Ledger, files: list[Entity], runs: list[Entity], licence: str) -> Entity:
    mark = "SIMULATED: nothing here was measured on a material. " if ledger.is_simulated else ""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Eutectic campaign {ledger.id}",
        "description": mark + " ".join(ledger.spec.goal.split()),
        "datePublished": ledger.last_at,
        "dateCreated": ledger.first_at,
        "identifier": f"sha256:{ledger.head}",
        "license": _ref(licence),
        "hasPart": [_ref(item["@id"]) for item in files],
        "mentions": [_ref(item["@id"]) for item in runs],
        "variableMeasured": [
            {"@id": f"#property-{number}"} for number, _ in enumerate(ledger.spec.objectives, start=1)
        ],
    }


def _file(root: Path, name: str, digest: str) -> Entity:
    path = root / name
    about = _ABOUT.get(name) or ("A plan as the lab got it" if name.startswith("plans/") else "")
    found: Entity = {
        "@id": _quoted(name),
        "@type": "File",
        "name": path.name,
        "contentSize": str(path.stat().st_size),
        "sha256": digest,
        "encodingFormat": _TYPES.get(path.suffix, "application/octet-stream"),
    }
    return found | ({"description": about} if about else {})


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def _licence(name: str, given: str) -> Entity:
    words = given or "No licence was stated; ask whoever gave you this folder"
    return {"@id": name, "@type": "CreativeWork", "name": words}


def _software() -> Entity:
    name = version("eutectic")
    return {"@id": "#eutectic", "@type": "SoftwareApplication", "name": "Eutectic", "softwareVersion": name}


def _runs(ledger: Ledger, sums: Mapping[str, str]) -> tuple[list[Entity], list[Entity]]:
    """An action for each observation: who did it, on what, of which lots, from when to when; and what they name."""
    by_digest: dict[str, str] = {
        name.split("/")[-1].split(".")[0]: name for name in sums if name.startswith("artifacts/")
    }
    plans = {
        trial.id: f"plans/{entry.slot.replace('/', '_')}.json"
        for entry in ledger.approvals.values()
        if entry.plan is not None and entry.approval is not None and entry.approval.decision == "approve"
        for trial in entry.plan.trials
    }
    named: dict[str, Entity] = {}
    runs = [_run(item, ledger, by_digest, plans, named) for item in ledger.view.observations.values()]
    properties = [
        {"@id": f"#property-{n}", "@type": "PropertyValue", "name": o.property, "unitText": o.unit}
        for n, o in enumerate(ledger.spec.objectives, start=1)
    ]
    return runs, [*properties, *named.values()]


def _run(
    item: Observation, ledger: Ledger, by_digest: Mapping[str, str], plans: Mapping[str, str], named: dict[str, Entity]
) -> Entity:
    found: Entity = defaultdict(list)
    found |= {"@id": f"#{item.trial}", "@type": "CreateAction", "name": f"{item.trial}: {item.composition.formula()}"}
    done = item.status == "ok"
    found["actionStatus"] = _ref(f"http://schema.org/{'Completed' if done else 'Failed'}ActionStatus")
    if not done:
        found["error"] = f"{item.status}: {item.cause or 'no cause stated'}. {item.note}".strip()
    found |= {key: value for key, value in (("startTime", item.started_at), ("endTime", item.ended_at)) if value}
    if item.deviation:
        found["description"] = f"Done otherwise than planned: {item.deviation}"
    if item.operator:
        found["agent"] = _named(named, "person", item.operator, {"@type": "Person", "name": item.operator})
    for device in item.devices:
        more = {"serialNumber": device.serial, "softwareVersion": device.software, "version": device.firmware}
        kept = {key: value for key, value in more.items() if value}
        kind = "SoftwareApplication" if item.simulated else ["IndividualProduct", "Product"]
        found["instrument"].append(_named(named, "device", device.name, {"@type": kind, "name": device.name, **kept}))
    for use in item.stocks:
        lot = {"@type": "Product", "name": f"{use.stock}{f', lot {use.lot}' if use.lot else ''}"}
        found["object"].append(_named(named, "lot", f"{use.stock} {use.lot}", lot))
    if item.trial in plans:
        found["object"].append(_ref(plans[item.trial]))
    found["result"] = [_ref(_quoted(by_digest[digest])) for digest in item.artifacts if digest in by_digest]
    found["result"].append(_ref("observations.jsonl"))
    return dict(found)


def _named(named: dict[str, Entity], kind: str, key: str, entity: Entity) -> Entity:
    """A reference to a contextual entity, which is added once."""
    name = f"#{kind}-{sha256([key, entity])[:12]}"
    named.setdefault(name, {"@id": name, **entity})
    return _ref(name)
