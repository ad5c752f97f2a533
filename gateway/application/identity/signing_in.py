"""Signing in, for routes and pages: tries are counted, a secret is made, the session stores its digest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.application.identity import sessions
from gateway.application.ports import (
    Passwords,
    Recognised,
    RecognitionCache,
    Secrets,
    SignInLimits,
    Transactions,
)
from gateway.domain.identity.account import Account
from gateway.domain.identity.session import Session, earlier
from shared.contracts.envelope import Origin
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import Clock, NewId

CUSTOMER = frozenset({Role.CUSTOMER})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result of signing in, which is the only place where the token itself is known."""

    token: str
    expires_at: datetime
    account: Account


@dataclass(frozen=True, slots=True)
class VouchedFor:
    """The same for a customer."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Signing in by password, and sessions for customers."""

    transactions: Transactions
    passwords: Passwords
    secrets: Secrets
    attempts: SignInLimits
    memory: RecognitionCache
    clock: Clock
    new_id: NewId

    async def staff(self, email: str, password: str, address: str) -> SignedIn:
        """A member of staff, by password; `WrongPassword`, `TooManyRequests`, `Unavailable`.

        A try is counted before it is checked, so that parallel tries all count. A try that could not be checked is
        forgotten.
        """
        self.attempts.try_account(email, address)
        token, key = self.secrets.make("rs"), self.new_id("ses")
        try:
            account, session = await self.transactions.run(
                lambda uow: sessions.sign_in(
                    uow,
                    self.passwords,
                    email=email,
                    password=password,
                    key=key,
                    digest=self.secrets.digest(token),
                    at=self.clock(),
                ),
                Origin("gateway:sign-in"),
            )
        except Unavailable:
            self.attempts.forget(email, address)
            raise
        self.attempts.forget(email, address)
        self.memory.expect(token)
        return SignedIn(token, session.expires_at, account)

    async def change_password(self, by: Recognised, email: str, current: str, new: str, address: str) -> SignedIn:
        """Another password for the caller's own account; the token of a new session takes the place of all others.

        A wrong current password counts as a try to sign in. `WrongCurrentPassword`, `TooManyRequests`, `Unavailable`.
        """
        self.attempts.try_account(email, address)
        token, key = self.secrets.make("rs"), self.new_id("ses")
        password_hash = await self.passwords.hash(new)
        account, session = await self.transactions.run(
            lambda uow: sessions.change_password(
                uow,
                self.passwords,
                account_id=by.principal.id,
                current=current,
                password_hash=password_hash,
                key=key,
                digest=self.secrets.digest(token),
                clock=self.clock,
            ),
            Origin(by.principal.actor),
        )
        self.attempts.forget(email, address)
        self.memory.expect(token)
        return SignedIn(token, session.expires_at, account)

    async def customer(self, customer_id: str, life: timedelta, by: Recognised) -> VouchedFor:
        """A customer, on request of a storefront."""
        token, key = self.secrets.make("rc"), self.new_id("ses")
        session: Session = await self.transactions.run(
            lambda uow: sessions.vouch(
                uow,
                customer_id=customer_id,
                life=life,
                key=key,
                digest=self.secrets.digest(token),
                at=self.clock(),
                by=by.principal,
            ),
            Origin(by.principal.actor),
        )
        customer = Recognised(Principal(Kind.CUSTOMER, customer_id, CUSTOMER), session.id)
        self.memory.expect(token)
        self.memory.remember(token, customer, (session.id, by.credential), earlier(session.expires_at, by.expires_at))
        return VouchedFor(token, session.expires_at)
