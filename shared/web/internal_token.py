"""Proves to a service who calls, and that the gateway sent this request (S-23, S-24).

The caller is a JWT for one audience, made once for half its life and read once. The seal binds the token to one moment,
method, path, query and body: HMAC-SHA-256. A stolen token cannot be sent elsewhere, changed, or used later. Each
service has its own key, so that one service cannot pretend to be the gateway to another.
"""

import hmac
import time
from typing import Final, NamedTuple, TypeVar

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Kind, MachineWithNewKey, Principal, Role

SEAL_BYTES: Final = 32
"""The length of the seal that follows a streamed body."""

K = TypeVar("K")
V = TypeVar("V")

ISSUER: Final = "retour-gateway"
TYPE: Final = "retour-internal+jwt"
LIFE_SECONDS: Final = 60
REMEMBERED: Final = 5_000
ALGORITHMS: Final = ["HS256"]
SEAL: Final = b"retour-internal-seal"
MARK: Final = "~"
"""Between token, moment and seal; no part of a JWT."""


def promised(length: int, content_type: bytes) -> bytes:
    """What is sealed in place of a body that has not arrived; that body is followed by a seal of its own."""
    return b"streamed\n%d\n%b" % (length, content_type)


class SealedRequest(NamedTuple):
    """The request that a token is valid for: method, path and query as sent, and the body or what is `promised`."""

    method: str
    path: bytes
    query: bytes
    body: bytes

    def sealed(self, key: bytes, token: str, moment: str) -> str:
        """The text to seal. Lengths come first, so that no two requests have the same text."""
        head = f"{token}\n{moment}\n{self.method}\n{len(self.path)}\n{len(self.query)}\n".encode()
        return hmac.digest(key, b"".join((head, self.path, self.query, self.body)), "sha256").hex()


class InternalTokens:
    """Makes and reads the tokens for one service."""

    def __init__(self, audience: str, secret: str) -> None:
        if len(secret) < 32:
            raise ValueError(f"the internal key of {audience} needs at least 32 characters")
        self._audience = audience
        self._key = OctKey.import_key(secret)
        self._seal = hmac.digest(secret.encode(), SEAL, "sha256")
        self._made: dict[Principal, tuple[float, str]] = {}
        self._read: dict[str, tuple[float, Principal]] = {}

    def make(self, principal: Principal, call: SealedRequest) -> str:
        """A token for this caller, sealed for this call."""
        return self.seal(self.token(principal), call)

    def seal(self, token: str, call: SealedRequest) -> str:
        """The token with a seal of this moment."""
        moment = str(int(time.time()))
        return f"{token}{MARK}{moment}{MARK}{call.sealed(self._seal, token, moment)}"

    def body_seal(self, shown: str) -> hmac.HMAC:
        """A digest to feed with a streamed body; its value is the seal behind that body."""
        return hmac.new(self._seal, b"body\n" + shown.encode(), "sha256")

    def read(self, shown: str, call: SealedRequest) -> Principal:
        """The caller; `Unauthenticated` unless the token was made for this service, call and minute."""
        try:
            token, moment, seal = shown.split(MARK)
            age = time.time() - int(moment)
        except ValueError as error:
            raise Unauthenticated from error
        expected = call.sealed(self._seal, token, moment)
        if not hmac.compare_digest(seal.encode(), expected.encode()) or abs(age) > LIFE_SECONDS:
            raise Unauthenticated
        return self._who(token)

    def token(self, principal: Principal) -> str:
        """A token that names the caller; the same token again while half of its life is left."""
        now = time.time()
        known = self._made.get(principal)
        if known is not None and known[0] > now:
            return known[1]
        claims = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": principal.id,
            "kind": principal.kind.value,
            "roles": sorted(principal.roles),
            "scopes": sorted(principal.scopes),
            "warehouse": principal.warehouse,
            "machine": principal.machine if isinstance(principal, MachineWithNewKey) else None,
            "exp": int(now) + LIFE_SECONDS,
        }
        token = jwt.encode({"alg": "HS256", "typ": TYPE}, claims, self._key, algorithms=ALGORITHMS)
        _remember(self._made, principal, (now + LIFE_SECONDS / 2, token))
        return token

    def _who(self, token: str) -> Principal:
        now = time.time()
        known = self._read.get(token)
        if known is not None and known[0] > now:
            return known[1]
        try:
            found = jwt.decode(token, self._key, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise Unauthenticated from error
        claims = found.claims
        expires = claims.get("exp")
        if (
            found.header.get("typ") != TYPE
            or claims.get("iss") != ISSUER
            or claims.get("aud") != self._audience
            or not isinstance(expires, int)
            or expires <= now
        ):
            raise Unauthenticated
        principal = Principal(
            Kind(claims["kind"]),
            claims["sub"],
            frozenset(map(Role, claims["roles"])),
            frozenset(claims["scopes"]),
            claims["warehouse"],
        )
        if (machine := claims.get("machine")) is not None:
            principal = MachineWithNewKey(
                principal.kind, principal.id, principal.roles, principal.scopes, principal.warehouse, machine
            )
        _remember(self._read, token, (expires, principal))
        return principal


def _remember(known: dict[K, V], key: K, value: V) -> None:
    if len(known) >= REMEMBERED:
        known.clear()
    known[key] = value
