"""Options that several `bench` and `eval` commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Smoke = Annotated[bool, typer.Option("--smoke", help="A quick run of about a minute.")]
Seeds = Annotated[int | None, typer.Option("--seeds", min=1, help="How many seeds.")]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of measured tables; $EUTECTIC_DATA without.")]
