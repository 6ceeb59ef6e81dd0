"""The guard of the web app: which hosts may be asked for, who may ask from elsewhere, what a browser may load."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from eutectic.core.errors import BadInput

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LEAST_TOKEN = 16
"""Characters of a token."""
_COOKIE = "eutectic_token"
_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
     b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)  # fmt: skip
REPORT_POLICY = b"content-security-policy"
"""Left to the report itself, which carries a stricter one with the hash of its script."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_binding(host: str, token: str) -> None:
    """Refuse to listen beyond this machine without a token.

    Raises:
        BadInput: the host is not loopback and the token is missing or short.
    """
    if not is_loopback(host) and len(token) < LEAST_TOKEN:
        raise BadInput(
            f"serving on {host} would show the library and every report to whoever can reach this machine",
            mend=f"serve on 127.0.0.1, or set EUTECTIC_SERVE_TOKEN to at least {LEAST_TOKEN} characters",
        )


class Guard:
    """ASGI middleware: checks Host against DNS rebinding, the token where one is set, and sends safe headers."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str = "") -> None:
        self._app, self._token = app, token
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if _bare(headers.get("host", "")) not in self._hosts:
            await _refuse(send, 421, "this host name is not served here")
            return
        given = _given(scope, headers)
        if self._token and not hmac.compare_digest(given.encode(), self._token.encode()):
            await _refuse(send, 401, "a token is needed: open /?token=... once")
            return
        cookie = f"{_COOKIE}={self._token}; HttpOnly; SameSite=Strict; Path=/" if self._token else ""

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                sent = list(message["headers"])
                own = {name for name, _ in sent}
                message["headers"] = sent + [(name, value) for name, value in _HEADERS if name not in own]
                if cookie:
                    message["headers"].append((b"set-cookie", cookie.encode()))
            await send(message)

        await self._app(scope, receive, guarded)


def _bare(host: str) -> str:
    """A Host header without its port."""
    host = host.lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _given(scope: Scope, headers: dict[str, str]) -> str:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer.strip()
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token")
    if asked:
        return str(asked[0])
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return ""
    return str(cookie.value) if cookie else ""


async def _refuse(send: Send, status: int, why: str) -> None:
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
