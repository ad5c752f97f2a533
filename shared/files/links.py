"""Links to one file that are valid for a short time: the method, the expiry, and the disposition."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.files.errors import ExpiredLink, ForgedLink
from shared.files.store import checked

SALT: Final = b"retour-file-link"
LONGEST: Final = timedelta(days=7)
LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Link:
    """What a link allows. `disposition` is the header of the answer, file name included."""

    key: str
    method: str
    expires_at: datetime
    disposition: str


class _Claim(BaseModel):
    """The contents of a link before its signature is checked."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str
    method: str
    expires: int
    disposition: str


class Links:
    """Makes and reads links. The secret belongs to the service that answers them."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 32:  # noqa: PLR2004
            raise ValueError("the secret of links needs at least 32 characters")
        self._key = hmac.digest(secret.encode(), SALT, "sha256")

    def sign(self, key: str, *, method: str, expires_at: datetime, disposition: str, now: datetime) -> str:
        """The text of a link, for use in an address; valid for at most `LONGEST`."""
        if not now < expires_at <= now + LONGEST:
            raise ValueError(f"a link is valid for at most {LONGEST}")
        claim = _Claim(key=checked(key), method=method, expires=int(expires_at.timestamp()), disposition=disposition)
        said = claim.model_dump_json().encode()
        return f"{_text(said)}.{_text(self._signature(said))}"

    def read(self, text: str, *, method: str, now: datetime) -> Link:
        """What the link allows. Raises `ForgedLink`, also for another method, and `ExpiredLink`."""
        said, _, signature = text[:LONGEST_TEXT].partition(".")
        claimed = _bytes(said)
        if not hmac.compare_digest(_bytes(signature), self._signature(claimed)) or len(text) > LONGEST_TEXT:
            raise ForgedLink
        try:
            claim = _Claim.model_validate_json(claimed)
        except ValidationError as error:
            raise ForgedLink from error
        if claim.method != method:
            raise ForgedLink
        expires_at = datetime.fromtimestamp(claim.expires, UTC)
        if expires_at <= now:
            raise ExpiredLink
        return Link(claim.key, claim.method, expires_at, claim.disposition)

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, "sha256")


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """The bytes of the text; only the one canonical text of some bytes is accepted."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if _text(content) == text else b""
