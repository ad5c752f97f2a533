"""Signing in and out, and tokens for customers a storefront vouches for."""

from datetime import datetime, timedelta

from gateway.application.errors import WrongCurrentPassword, WrongPassword
from gateway.application.ports import Passwords, UnitOfWork
from gateway.domain.identity.account import Account
from gateway.domain.identity.session import STAFF_LIFE, Session
from shared.kernel.principal import Kind, Principal
from shared.runtime.clock import Clock


async def sign_in(
    uow: UnitOfWork, passwords: Passwords, *, email: str, password: str, key: str, digest: str, at: datetime
) -> tuple[Account, Session]:
    """A new session for an account; `WrongPassword`, after the same time, whatever was wrong (S-17, S-42)."""
    account = await uow.account_with(email)
    right = await passwords.right(password, account.password_hash if account else None)
    if account is None or account.disabled or not right:
        raise WrongPassword
    return account, _begin(uow, account, key=key, digest=digest, at=at)


async def change_password(
    uow: UnitOfWork,
    passwords: Passwords,
    *,
    account_id: str,
    current: str,
    password_hash: str,
    key: str,
    digest: str,
    clock: Clock,
) -> tuple[Account, Session]:
    """Change the password of an account. Every session of it ends, and a new one begins; `WrongCurrentPassword`.

    The moment is taken after the slow comparison, so that a sign-in with the old password that has begun meanwhile is
    older and ends too.
    """
    account = await uow.accounts.get(account_id)
    if not await passwords.right(current, account.password_hash):
        raise WrongCurrentPassword(pointer="/current_password")
    at = clock()
    account.change_password(password_hash, at=at)
    uow.revoke(account_id, at)
    return account, _begin(uow, account, key=key, digest=digest, at=at)


def _begin(uow: UnitOfWork, account: Account, *, key: str, digest: str, at: datetime) -> Session:
    session = Session(
        id=key,
        digest=digest,
        kind=Kind.STAFF,
        holder=account.id,
        opened_by=account.principal.actor,
        created_at=at,
        expires_at=at + STAFF_LIFE,
    )
    session.begin()
    uow.sessions.add(session)
    return session


async def sign_out(uow: UnitOfWork, *, session_id: str, at: datetime) -> None:
    """End a session: its token is invalid from now on."""
    session = await uow.sessions.get(session_id)
    session.end(at)
    uow.revoke(session_id, at)


async def vouch(
    uow: UnitOfWork, *, customer_id: str, life: timedelta, key: str, digest: str, at: datetime, by: Principal
) -> Session:
    """A session for a storefront's customer, for at most a day."""
    session = Session(
        id=key,
        digest=digest,
        kind=Kind.CUSTOMER,
        holder=customer_id,
        opened_by=by.actor,
        created_at=at,
        expires_at=at + life,
    )
    session.begin()
    uow.sessions.add(session)
    return session
