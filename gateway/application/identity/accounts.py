"""Accounts of staff: opened, listed, changed by an administrator."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from gateway.application.ports import Passwords, Transactions, UnitOfWork
from gateway.application.queries import Queries
from gateway.domain.identity.account import Account, EmailTaken
from shared.contracts.envelope import Origin
from shared.kernel.principal import Principal, Role


async def open_account(
    uow: UnitOfWork, *, key: str, email: str, name: str, password_hash: str, roles: Iterable[Role], at: datetime
) -> Account:
    """Open an account; `EmailTaken`, `NoStaffRole`."""
    if await uow.account_with(email) is not None:
        raise EmailTaken
    account = Account(
        id=key, email=email, name=name, password_hash=password_hash, roles=frozenset(roles), created_at=at
    )
    account.open()
    uow.accounts.add(account)
    return account


async def change_account(
    uow: UnitOfWork,
    *,
    account_id: str,
    roles: Iterable[Role] | None,
    disabled: bool | None,
    at: datetime,
    by: Principal,
) -> Account:
    """Change roles, close or open an account; effective at once, also for sessions (S-13)."""
    account = await uow.accounts.get(account_id)
    account.change(roles=roles, disabled=disabled, by=by)
    uow.revoke(account_id, at)
    return account


async def open_first_account(
    transactions: Transactions,
    queries: Queries,
    passwords: Passwords,
    *,
    key: str,
    email: str,
    password: str,
    at: datetime,
) -> None:
    """Open an administrator's account where there is no account. Two processes that start together open one."""
    if await queries.any_account():
        return
    password_hash = await passwords.hash(password)
    with suppress(EmailTaken):
        await transactions.run(
            lambda uow: open_account(
                uow,
                key=key,
                email=email,
                name=email.partition("@")[0],
                password_hash=password_hash,
                roles=(Role.ADMIN,),
                at=at,
            ),
            Origin("gateway:start"),
        )
