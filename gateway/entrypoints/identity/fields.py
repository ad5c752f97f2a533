"""Kinds of fields of the gateway's own API."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.domain.identity.account import PASSWORD_LENGTHS
from shared.kernel.principal import Role
from shared.web.fields import CLEAN, Name, Token

Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        to_lower=True,
        strip_whitespace=True,
        pattern=r"^[^\s@\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,189}$",
    ),
]
"""An e-mail address; in lower case, because case does not distinguish people."""

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
