"""Settings: environment variables `EUTECTIC_*` and one TOML file; secrets come from the environment alone."""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError

from eutectic.core.errors import BadSetting
from eutectic.core.record import Record

_ENVIRONMENT = {
    "EUTECTIC_MODEL": "model",
    "EUTECTIC_BASE_URL": "base_url",
    "EUTECTIC_API_KEY": "api_key",
    "EUTECTIC_TEMPERATURE": "temperature",
    "EUTECTIC_TIMEOUT": "timeout_s",
    "EUTECTIC_PRICE_IN": "price_in",
    "EUTECTIC_PRICE_OUT": "price_out",
    "EUTECTIC_DATABASE_URL": "database_url",
    "EUTECTIC_EMBEDDING_MODEL": "embedding_model",
    "EUTECTIC_PDF_READER": "pdf_reader",
    "EUTECTIC_DENSE_INDEX": "dense_index",
}
_SECRET = ("api_key", "database_url")
_TOML = 'write UTF-8 text with lines such as model = "my-model"'
_NUMBERS = ("temperature", "timeout_s", "price_in", "price_out")


PdfReader = Literal["pymupdf", "pypdfium2"]


class Settings(Record):
    """What holds for every campaign on this machine."""

    model: str | None = None
    """Name of the language model; rules decide where it is unset."""
    base_url: str | None = None
    """Base URL of an OpenAI-compatible endpoint."""
    api_key: SecretStr | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    timeout_s: float = Field(default=120.0, gt=0)
    price_in: float = Field(default=0.0, ge=0)
    """Money per million tokens sent."""
    price_out: float = Field(default=0.0, ge=0)
    """Money per million tokens received."""
    database_url: SecretStr | None = None
    """PostgreSQL URL for notebooks and checkpoints; SQLite files in the campaign's folder where it is unset."""
    embedding_model: str | None = None
    """`minilm` or `latent` for a local one, else a model at the endpoint; unset: MiniLM where it was set up."""
    dense_index: Literal["auto", "exact", "chroma"] = "auto"
    """Which index answers nearness searches: `auto` compares every vector up to 200,000 and asks Chroma above."""
    pdf_reader: PdfReader = "pymupdf"
    """`pypdfium2` reads PDFs without PyMuPDF's AGPL, and without tables, superscripts and the check for hidden text."""


def home() -> Path:
    """`EUTECTIC_HOME`, or the user's data folder: library, settings and store."""
    given = os.environ.get("EUTECTIC_HOME")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("eutectic"))


def load_settings(environment: dict[str, str] | None = None) -> Settings:
    """Settings of `$EUTECTIC_HOME/settings.toml` overridden by the environment.

    `OPENAI_API_KEY` and `OPENAI_BASE_URL` count where the `EUTECTIC_` names are unset.

    Raises:
        BadSetting: a wrong value or an unknown key, named with its place.
    """
    env = dict(os.environ) if environment is None else environment
    path = home() / "settings.toml"
    values = _read_file(path) if path.exists() else {}
    places = dict.fromkeys(values, str(path))
    for fallback, key in (("OPENAI_API_KEY", "api_key"), ("OPENAI_BASE_URL", "base_url")):
        if env.get(fallback):
            values[key], places[key] = env[fallback], fallback
    for variable, key in _ENVIRONMENT.items():
        if env.get(variable):
            values[key], places[key] = env[variable], variable
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _complaint(error, places, path) from None


def _complaint(error: ValidationError, places: dict[str, str], path: Path) -> BadSetting:
    """The first wrong setting; the value is shown only where it was to be a number, so that no secret is."""
    first = error.errors(include_url=False)[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    where = places.get(key, str(path))
    if first["type"] == "extra_forbidden":
        known = [name for name in Settings.model_fields if name not in _SECRET]
        near = get_close_matches(key, known, n=1)
        mend = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(known)
        return BadSetting(f"there is no setting {key!r}", where=where, mend=mend)
    said = str(first["msg"]).removeprefix("Input ").partition(", unable")[0]
    shown = f": {str(first['input'])[:40]!r}" if key in _NUMBERS else ""
    return BadSetting(f"the setting {key!r} has a wrong value{shown}", where=where, mend=f"it {said}")


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadSetting(f"cannot read the settings: {reason}", where=str(path), mend=_TOML) from error
    secret = [key for key in _SECRET if key in values]
    if secret:
        raise BadSetting(f"{secret} must not stand in a file", where=str(path), mend="set the environment variable")
    return values
