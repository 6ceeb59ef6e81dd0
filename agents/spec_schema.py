"""The published JSON Schema of spec files: `python -m eutectic.agents.spec_schema docs/spec.schema.json` writes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from eutectic.core.spec import CampaignSpec


def spec_json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec file, with percent signs and `sum` rules as the reader takes them."""
    schema = CampaignSpec.model_json_schema()
    rule = schema["$defs"]["LinearRule"]
    rule["properties"]["sum"] = {
        "description": "Components whose shares are added up, each with factor 1; in place of `terms`.",
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
    }
    rule["required"] = [key for key in rule["required"] if key != "terms"]
    rule["oneOf"] = [{"required": ["terms"]}, {"required": ["sum"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """The file's text: stable, so that a change of the spec shows as a difference."""
    return json.dumps(spec_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")
