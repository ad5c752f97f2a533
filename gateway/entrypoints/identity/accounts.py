"""Routes of staff accounts."""

from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from gateway.application.identity import accounts as use_cases
from gateway.application.ports import Passwords, Transactions
from gateway.application.queries import Queries
from gateway.domain.identity.account import Account
from gateway.entrypoints.identity.admission import Caller
from gateway.entrypoints.identity.answers import answer
from gateway.entrypoints.identity.fields import Email, Name, NewPassword, Roles
from gateway.entrypoints.identity.identity_actions import ACCOUNT_ACTIONS
from shared.contracts.envelope import Origin
from shared.kernel.principal import Role
from shared.runtime.clock import Clock, NewId
from shared.web.actions import Actions, WithActions
from shared.web.fields import Input, Output


class AccountIn(Input):
    """Somebody who is to sign in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "ada@example.com",
                    "name": "Ada",
                    "password": "correct horse battery",
                    "roles": ["agent"],
                }
            ]
        }
    )

    email: Email
    name: Name
    password: NewPassword
    roles: Roles


class AccountChangeIn(Input):
    """What is to be different."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"roles": ["agent", "supervisor"]}, {"disabled": True}]})

    roles: Roles | None = None
    disabled: bool | None = None


class AccountOut(WithActions):
    """An account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "acc_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
                    "email": "ada@example.com",
                    "name": "Ada",
                    "roles": ["agent"],
                    "disabled": False,
                    "created_at": "2027-01-05T08:00:00Z",
                    "actions": ["change_account"],
                }
            ]
        }
    )
    offers: ClassVar[Actions[Account]] = ACCOUNT_ACTIONS

    id: str
    email: str
    name: str
    roles: list[Role]
    disabled: bool
    created_at: datetime


class AccountsOut(Output):
    """Every account, the oldest first."""

    items: list[AccountOut]


def routes(
    transactions: Transactions, queries: Queries, passwords: Passwords, clock: Clock, new_id: NewId
) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/accounts", tags=["identity"])

    @router.post("", response_model=AccountOut, status_code=201, summary="Open an account")
    async def open_account(caller: Caller, body: AccountIn) -> Response:
        account_id = new_id("acc")
        password_hash = await passwords.hash(body.password)
        account = await transactions.run(
            lambda uow: use_cases.open_account(
                uow,
                key=account_id,
                email=body.email,
                name=body.name,
                password_hash=password_hash,
                roles=body.roles,
                at=clock(),
            ),
            Origin(caller.principal.actor),
        )
        return answer(AccountOut, account, 201, reader=caller)

    @router.get("", response_model=AccountsOut, summary="Every account")
    async def see_accounts(caller: Caller) -> Response:
        return answer(AccountsOut, {"items": list(await queries.accounts())}, reader=caller)

    @router.patch("/{account_id}", response_model=AccountOut, summary="Change roles, close or reopen an account")
    async def change_account(caller: Caller, account_id: str, body: AccountChangeIn) -> Response:
        account = await transactions.run(
            lambda uow: use_cases.change_account(
                uow,
                account_id=account_id,
                roles=body.roles,
                disabled=body.disabled,
                at=clock(),
                by=caller.principal,
            ),
            Origin(caller.principal.actor),
        )
        return answer(AccountOut, account, reader=caller)

    return router
