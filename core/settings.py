"""Settings: environment variables `EUTECTIC_*` and one TOML file; secrets come from the environment alone."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

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
}
_SECRET = ("api_key", "database_url")


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
    """Embedding model at the endpoint; a local one without a model file is used where it is unset."""


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
    values = _read_file(path) if path.is_file() else {}
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
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise BadSetting(f"setting {key!r}: {first['msg']}", where=places.get(key, str(path))) from None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"cannot read the settings: {error}", where=str(path)) from error
    secret = [key for key in _SECRET if key in values]
    if secret:
        raise BadSetting(f"{secret} must not stand in a file", where=str(path), mend="set the environment variable")
    return values
