"""The endpoint: one OpenAI-compatible server and model, asked once at a time with bounds on time and size."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from eutectic.agents.minds.trail import one_line
from eutectic.agents.minds.wire import Reply, read_reply
from eutectic.core.errors import BadSetting
from eutectic.core.settings import Settings
from eutectic.core.spec import Role, RoleModel

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

_MAX_BODY = 1_000_000
_CONNECT_S = 10.0
_LEAST_SECRET = 6
_OPENAI = "https://api.openai.com/v1"
_RETRIED = (408, 409, 429)


@dataclass(frozen=True)
class EndpointSettings:
    """Where a role's questions go."""

    model: str
    base_url: str
    key: SecretStr | None
    temperature: float | None
    timeout_s: float

    @property
    def shown_url(self) -> str:
        """The URL as messages show it: without user, password and query."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@dataclass(frozen=True)
class Trouble:
    """A request that gave no reply."""

    kind: Literal["retry", "refused", "final"]
    """`refused`: the endpoint does not take the request as it is written (400 and 422)."""
    text: str
    mend: str = ""
    wait_s: float | None = None
    """How long the endpoint asks to wait."""
    may_be_billed: bool = False


def endpoint_settings(role: Role, settings: Settings, given: RoleModel | None, usual: float | None) -> EndpointSettings:
    """Model, URL and temperature of a role: the spec's where it names them, else the settings', else the prompt's.

    The key goes to the host of the settings alone: a spec that names another host gets none.

    Raises:
        BadSetting: no model is named for the role, or the URL is none.
    """
    own = given or RoleModel()
    model = own.model or settings.model
    if not model:
        raise BadSetting(f"no model is set for the {role}", mend="set EUTECTIC_MODEL, or mind.roles in the spec")
    home = settings.base_url or _OPENAI
    base_url = own.base_url or home
    temperatures = (own.temperature, settings.temperature, usual)
    return EndpointSettings(
        model=model,
        base_url=base_url,
        key=settings.api_key if _origin(base_url) == _origin(home) else None,
        temperature=next((value for value in temperatures if value is not None), None),
        timeout_s=settings.timeout_s,
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL."""
    try:
        parts = urlsplit(url)
        origin = (parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        origin = ("", "", None)
    if origin[0] not in ("http", "https") or not origin[1]:
        mend = "set EUTECTIC_BASE_URL, or base_url in the spec, to such as http://127.0.0.1:11434/v1"
        raise BadSetting("the model's base URL is not an http or https URL", mend=mend)
    return origin


class Endpoint:
    """A client, made when it is first used; every attempt is one request."""

    def __init__(self, settings: EndpointSettings, transport: httpx2.BaseTransport | None = None) -> None:
        self.settings = settings
        self._transport = transport
        self._client: OpenAI | None = None

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def send(self, request: Mapping[str, Any]) -> Reply | Trouble:
        """One request; whatever goes wrong comes back as a trouble, in one line without secrets."""
        import httpx2
        import openai

        url, limit = self.settings.shown_url, self.settings.timeout_s
        mend = f"check EUTECTIC_BASE_URL ({url}) and that the server runs"
        try:
            body = self._read(request)
        except (openai.APITimeoutError, httpx2.TimeoutException, _TooSlow):
            return Trouble("retry", f"no answer within {limit:g} s", mend="raise EUTECTIC_TIMEOUT", may_be_billed=True)
        except openai.APIStatusError as error:
            return self._status(error)
        except (openai.APIConnectionError, httpx2.TransportError, httpx2.DecodingError) as error:
            reached = isinstance(error, httpx2.ReadError | httpx2.RemoteProtocolError | httpx2.DecodingError)
            return Trouble("retry", self._clean(_cause(error)), mend=mend, may_be_billed=reached)
        except (httpx2.InvalidURL, httpx2.RequestError, UnicodeError, openai.OpenAIError) as error:
            return Trouble("final", self._clean(_cause(error)), mend=mend)
        if len(body) > _MAX_BODY:
            return Trouble("retry", f"the answer is longer than {_MAX_BODY} bytes", mend=mend, may_be_billed=True)
        try:
            return read_reply(self._without_key(body))
        except ValueError as error:
            return Trouble("retry", self._clean(str(error)), mend=mend, may_be_billed=True)

    def _read(self, request: Mapping[str, Any]) -> bytes:
        """The body, cut a little beyond the size limit; the time limit holds for the body as a whole, too."""
        body = bytearray()
        opened = self._open().chat.completions.with_streaming_response.create(**request)
        with opened as response:
            end = time.monotonic() + self.settings.timeout_s
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _MAX_BODY:
                    break
                if time.monotonic() > end:
                    raise _TooSlow
        return bytes(body)

    def _open(self) -> OpenAI:
        if self._client is None:
            import httpx2
            from openai import OpenAI

            key = self.settings.key.get_secret_value() if self.settings.key else "none"
            timeout = httpx2.Timeout(self.settings.timeout_s, connect=min(_CONNECT_S, self.settings.timeout_s))
            http = httpx2.Client(transport=self._transport, timeout=timeout) if self._transport else None
            self._client = OpenAI(
                api_key=key, base_url=self.settings.base_url, timeout=timeout, max_retries=0, http_client=http
            )
        return self._client

    def _status(self, error: Any) -> Trouble:
        """What an HTTP error status means."""
        status, name = int(error.status_code), self.settings.model
        said = self._clean(f"{status} {error.message}")
        if status in (400, 422):
            return Trouble("refused", said, mend=f"the model {name!r} may not fit; check EUTECTIC_MODEL")
        if status == 401:
            return Trouble("final", said, mend="the key is wrong or missing: check EUTECTIC_API_KEY")
        if status == 403:
            return Trouble("final", said, mend=f"check EUTECTIC_API_KEY and its rights to {name!r}")
        if status == 404:
            return Trouble("final", said, mend=f"check EUTECTIC_MODEL ({name!r}) and EUTECTIC_BASE_URL")
        if status == 429 and "insufficient_quota" in str(error.body):
            return Trouble("final", said, mend="the account has no credit left")
        if status in _RETRIED or status >= 500:
            wait = _retry_after(error.response.headers)
            return Trouble("retry", said, mend="try again later, or set EUTECTIC_MODEL to another model", wait_s=wait)
        return Trouble("final", said, mend="check EUTECTIC_BASE_URL")

    def _clean(self, text: str) -> str:
        return one_line(self._without_key(text.encode("utf-8", "replace")).decode("utf-8", "replace"))

    def _without_key(self, data: bytes) -> bytes:
        secret = self.settings.key.get_secret_value().encode() if self.settings.key else b""
        return data.replace(secret, b"***") if len(secret) >= _LEAST_SECRET else data


class _TooSlow(Exception):
    """The body drips."""


def _cause(error: BaseException) -> str:
    """The innermost reason of a connection error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header; a date counts from the server's own Date."""
    given = headers.get("retry-after", "")
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(given) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None
