"""Tokens and keys: 256 random bits behind a prefix that says what they are; kept as a keyed digest.

A stolen database opens nothing, and a new token key signs everybody and everything out at once.
"""

import hmac
import secrets
from hashlib import sha256


class HmacSecrets:
    """See `Secrets`."""

    def __init__(self, token_key: str) -> None:
        self._key = token_key.encode()

    def make(self, prefix: str) -> str:
        """See `Secrets.make`."""
        return f"{prefix}_{secrets.token_urlsafe(32)}"

    def digest(self, secret: str) -> str:
        """See `Secrets.digest`: HMAC-SHA-256."""
        return hmac.new(self._key, secret.encode(), sha256).hexdigest()
