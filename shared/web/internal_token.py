"""The token between gateway and services: short-lived, signed, for exactly one audience.

The gateway makes one per caller and service and keeps it for half its life; a service keeps what it has verified. Each
service has a key of its own, so that one of them cannot speak for the gateway to another.
"""

import time
from typing import Final, TypeVar

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.kernel.errors import Unauthenticated
from shared.kernel.principal import Kind, Principal, Role

K = TypeVar("K")
V = TypeVar("V")

ISSUER: Final = "retour-gateway"
TYPE: Final = "retour-internal+jwt"
LIFE_SECONDS: Final = 60
REMEMBERED: Final = 5_000
ALGORITHMS: Final = ["HS256"]


class InternalTokens:
    """Makes and reads the tokens for one service."""

    def __init__(self, audience: str, secret: str) -> None:
        if len(secret) < 32:
            raise ValueError(f"the internal key of {audience} needs at least 32 characters")
        self._audience = audience
        self._key = OctKey.import_key(secret)
        self._made: dict[Principal, tuple[float, str]] = {}
        self._read: dict[str, tuple[float, Principal]] = {}

    def make(self, principal: Principal) -> str:
        """A token that says who is asking; the same one again while it has half its life left."""
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
            "exp": int(now) + LIFE_SECONDS,
        }
        token = jwt.encode({"alg": "HS256", "typ": TYPE}, claims, self._key, algorithms=ALGORITHMS)
        _remember(self._made, principal, (now + LIFE_SECONDS / 2, token))
        return token

    def read(self, token: str) -> Principal:
        """Who is asking; `Unauthenticated` for anything but a valid token for this very service."""
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
        _remember(self._read, token, (expires, principal))
        return principal


def _remember(known: dict[K, V], key: K, value: V) -> None:
    if len(known) >= REMEMBERED:
        known.clear()
    known[key] = value
