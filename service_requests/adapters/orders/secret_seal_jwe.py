"""Secrets of shops are encrypted in rows (JWE, AES-256-GCM) with a key made from the service's internal key.

Whoever reads the database alone cannot sign for a shop. With another internal key the secrets have to be given again.
"""

import hmac
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SALT: Final = b"retour shop secrets"
HEADER: Final = {"alg": "dir", "enc": "A256GCM"}
ALGORITHMS: Final = ["dir", "A256GCM"]


class JweSeal:
    """Seals secrets with a key of its own."""

    def __init__(self, key: str) -> None:
        self._key = OctKey.import_key(hmac.digest(key.encode(), SALT, "sha256"))

    def seal(self, secret: str) -> str:
        """The secret, unreadable."""
        return jwe.encrypt_compact(HEADER, secret.encode(), self._key, algorithms=ALGORITHMS)

    def open(self, sealed: str) -> str | None:
        """The secret; None when it was sealed with another key."""
        try:
            found = jwe.decrypt_compact(sealed, self._key, algorithms=ALGORITHMS).plaintext
        except (JoseError, ValueError):
            return None
        return None if found is None else found.decode()
