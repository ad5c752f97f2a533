"""A member of staff who signs in here: an e-mail address, roles, and whether the account is open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.kernel.errors import Malformed, Refused, Said
from shared.kernel.principal import Kind, Principal, Role

STAFF_ROLES: Final = frozenset(
    {Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE, Role.FINANCE, Role.OPERATOR, Role.AUDITOR, Role.ADMIN}
)
PASSWORD_LENGTHS: Final = (12, 128)
EMAIL: Final = re.compile(r"[^\s@\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,189}")


class EmailTaken(Refused):
    """Another account has this address."""

    code = "email_taken"
    title = Said("This address is taken", "该邮箱已被使用")
    detail = Said("There is an account with this e-mail address.", "已有账号使用该邮箱地址。")


class OwnAccount(Refused):
    """Nobody closes or demotes the account he is signed in with, so that an administrator always remains."""

    code = "own_account"
    title = Said("Not your own account", "不能操作自己的账号")
    detail = Said(
        "Ask another administrator to change your own roles or to close your account.",
        "请由其他管理员更改您的角色或停用您的账号。",
    )


class NoStaffRole(Malformed):
    """An account has at least one role, and only roles of staff."""

    code = "no_staff_role"
    title = Said("These roles do not fit", "角色不符合要求")
    detail = Said("An account needs at least one of: {allowed}.", "账号至少需要以下角色之一：{allowed}。")


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """The account can be used from now on."""


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Roles or password changed, or the account was opened or closed."""


@dataclass(slots=True, kw_only=True)
class Account:
    """An account of a member of staff. The password is stored as a hash only."""

    id: str
    email: str
    name: str
    password_hash: str = field(repr=False)
    roles: frozenset[Role]
    created_at: datetime
    disabled: bool = False
    password_changed_at: datetime | None = None
    """Sessions from before are over (S-17). None: the password is the first one."""
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def principal(self) -> Principal:
        """The caller, when this account is signed in."""
        return Principal(Kind.STAFF, self.id, self.roles)

    def open(self) -> None:
        """Record that the account exists."""
        self.roles = fitting(self.roles)
        self.events.append(AccountOpened())

    def change_password(self, password_hash: str, *, at: datetime) -> None:
        """Another password: whoever is signed in with the old one is signed out."""
        self.password_hash, self.password_changed_at = password_hash, at
        self.events.append(AccountChanged())

    def ends(self, session_began_at: datetime) -> bool:
        """Whether a session that began then is over, because the account is closed or its password has changed."""
        changed = self.password_changed_at
        return self.disabled or (changed is not None and session_began_at < changed)

    def is_of(self, caller: Principal) -> bool:
        """Whether the caller is signed in with this account."""
        return caller.kind is Kind.STAFF and caller.id == self.id

    def change(self, *, roles: Iterable[Role] | None, disabled: bool | None, by: Principal) -> None:
        """Change roles, close or open; `OwnAccount` for the caller's own account."""
        if self.is_of(by):
            raise OwnAccount
        if roles is not None:
            self.roles = fitting(roles)
        if disabled is not None:
            self.disabled = disabled
        self.events.append(AccountChanged())


def fitting(roles: Iterable[Role]) -> frozenset[Role]:
    """These roles; `NoStaffRole` when there are none, or one that is not for people."""
    chosen = frozenset(roles)
    if not chosen or not chosen <= STAFF_ROLES:
        raise NoStaffRole(pointer="/roles", allowed=", ".join(sorted(STAFF_ROLES)))
    return chosen
