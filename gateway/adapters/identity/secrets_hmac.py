"""Tokens and keys: 256 random bits behind a prefix that names their kind; stored as a keyed digest.

A stolen database gives no access. A new token key makes every token and key invalid at once.
"""

import hmac
import secrets
from hashlib import sha256


class HmacSecrets:
    def __init__(self, token_key: str) -> None:
        self._key = token_key.encode()

    def make(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_urlsafe(32)}"

    def digest(self, secret: str) -> str:
        """HMAC-SHA-256."""
        return hmac.new(self._key, secret.encode(), sha256).hexdigest()
