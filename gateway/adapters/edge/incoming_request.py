"""Reads the facts of a request once: its id, language, address and credentials."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from shared.kernel.errors import Language, Said
from shared.web.problems import BadRequest, language_of

REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
TRACEPARENT: Final = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
VISIBLE: Final = re.compile(rb"[!-~]*")
VALUE: Final = re.compile(rb"[\t -~\x80-\xff]*")
HIDDEN: Final = re.compile(rb"%(?:2f|5c|00|0a|0d|2e)", re.IGNORECASE)
HEADER_BYTES: Final = 8_192

PASSED: Final = (
    b"accept-language",
    b"content-type",
    b"if-match",
    b"if-none-match",
    b"idempotency-key",
    b"x-shopify-hmac-sha256",
    b"x-shopify-topic",
    b"x-wc-webhook-signature",
    b"x-wc-webhook-topic",
    b"x-retour-signature",
    b"x-retour-topic",
)
"""The last six prove the webhooks of shops; they name no identity at the gateway."""
READ: Final = frozenset(
    {
        *PASSED,
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"traceparent",
        b"x-forwarded-for",
        b"x-request-id",
    }
)
FORGED: Final = re.compile(rb"x-(user|internal|role|roles|tenant|principal|auth|customer|account)(-.*)?")
"""Headers that pretend another identity (S-21). They are removed like all others that are not passed, and recorded."""


class AmbiguousHeader(BadRequest):
    """A header that must not be repeated was repeated."""

    detail = Said("The header {name} came more than once.", "请求头 {name} 出现了多次。")


class OddHeader(BadRequest):
    """Bytes that are not allowed in a header or an address."""

    detail = Said(
        "The address or a header is too long or holds characters that do not belong there.",
        "地址或请求头过长，或包含不允许的字符。",
    )


@dataclass(slots=True, kw_only=True)
class IncomingRequest:
    """One request, before any decision about it."""

    method: str
    path: str
    raw_path: bytes
    query: bytes
    address: str
    request_id: str
    language: Language
    secret: str | None
    headers: list[tuple[bytes, bytes]]
    length: int | None
    encoded: bool
    forged: bool
    keyed: bool
    fault: BadRequest | None


def incoming_request(scope: Scope, trusted_hops: int) -> IncomingRequest:
    """Read a request. An error in its headers is its `fault`, raised once an answer can be sent."""
    seen: dict[bytes, bytes] = {}
    twice: bytes | None = None
    forged = False
    size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in READ:
            twice = name if name in seen else twice
            seen[name] = value
        elif name.startswith(b"x-") and FORGED.fullmatch(name):
            forged = True
    raw_path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    passed = [(name, seen[name]) for name in PASSED if name in seen]
    address = _address(scope, seen.get(b"x-forwarded-for"), trusted_hops)
    request_id, trace = _request_id(seen), _trace(seen)
    length = seen.get(b"content-length", b"")
    return IncomingRequest(
        method=scope["method"],
        path=scope["path"],
        raw_path=raw_path,
        query=query,
        address=address,
        request_id=request_id.decode(),
        language=language_of(seen.get(b"accept-language", b"").decode("latin-1")),
        secret=bearer(seen.get(b"authorization")),
        headers=[
            *passed,
            (b"traceparent", trace),
            (b"x-request-id", request_id),
            (b"x-forwarded-for", address.encode("latin-1")),
        ],
        length=int(length) if length.isdigit() else None,
        encoded=seen.get(b"content-encoding", b"identity").lower() != b"identity",
        forged=forged,
        keyed=b"idempotency-key" in seen,
        fault=_fault(twice, size, (raw_path, query), passed),
    )


def _fault(
    twice: bytes | None, size: int, address: tuple[bytes, bytes], passed: Sequence[tuple[bytes, bytes]]
) -> BadRequest | None:
    if twice is not None:
        return AmbiguousHeader(name=twice.decode())
    if size > HEADER_BYTES or not all(map(VISIBLE.fullmatch, address)):
        return OddHeader()
    return None if all(VALUE.fullmatch(value) for _, value in passed) else OddHeader()


def _request_id(seen: Mapping[bytes, bytes]) -> bytes:
    given = seen.get(b"x-request-id")
    return given if given and REQUEST_ID.fullmatch(given) else os.urandom(16).hex().encode()


def _trace(seen: Mapping[bytes, bytes]) -> bytes:
    given = seen.get(b"traceparent")
    if given and TRACEPARENT.fullmatch(given):
        return given
    return b"00-%b-%b-01" % (os.urandom(16).hex().encode(), os.urandom(8).hex().encode())


def bearer(authorization: bytes | None) -> str | None:
    """The token of an `Authorization` header, if it has the form of our tokens."""
    if authorization is None:
        return None
    scheme, _, secret = authorization.partition(b" ")
    return secret.decode("latin-1") if scheme.lower() == b"bearer" else None


def _address(scope: Scope, forwarded: bytes | None, trusted_hops: int) -> str:
    """The peer's address; behind `trusted_hops` proxies the address that the outermost proxy saw (S-25)."""
    if trusted_hops and forwarded:
        seen = [part.strip() for part in forwarded[-1_000:].decode("latin-1").split(",")]
        return seen[-trusted_hops][:45] if len(seen) >= trusted_hops else seen[0][:45]
    client = scope.get("client")
    return client[0] if client else "unknown"
