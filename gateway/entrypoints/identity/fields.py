"""Kinds of fields of the gateway's own API."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StringConstraints

from gateway.domain.identity.account import PASSWORD_LENGTHS
from shared.kernel.principal import Role
from shared.web.fields import CLEAN, Name, Token
from shared.web.mail_address import mailable

LONGEST_ADDRESS: Final = 254


def _mailable(address: object) -> object:
    return mailable(address.strip()) if isinstance(address, str) and len(address) <= LONGEST_ADDRESS else address


Email = Annotated[
    str,
    BeforeValidator(_mailable),
    StringConstraints(
        max_length=LONGEST_ADDRESS,
        to_lower=True,
        strip_whitespace=True,
        pattern=r"^[^\s@\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,189}$",
    ),
]
"""An e-mail address; in lower case, because case does not distinguish people. Its domain may be in any script."""

NewPassword = Annotated[
    str,
    StringConstraints(min_length=PASSWORD_LENGTHS[0], max_length=PASSWORD_LENGTHS[1], pattern=CLEAN),
    Field(repr=False),
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=PASSWORD_LENGTHS[1]), Field(repr=False)]
Roles = Annotated[list[Annotated[Role, Field(strict=False)]], Field(max_length=len(Role))]
Scope = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z]+:[a-z]+$")]
Scopes = Annotated[list[Scope], Field(max_length=50)]

__all__ = ["Email", "Name", "NewPassword", "Password", "Roles", "Scope", "Scopes", "Token"]
