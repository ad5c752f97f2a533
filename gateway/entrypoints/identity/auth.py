"""Routes of signing in and out, of tokens for a storefront's customers, and of who one is."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from gateway.application.identity import sessions as use_cases
from gateway.application.identity.signing_in import SignIn
from gateway.application.ports import Transactions
from gateway.application.queries import Queries
from gateway.domain.identity.session import CUSTOMER_LIFE, LONGEST_CUSTOMER_LIFE
from gateway.entrypoints.identity.admission import Anybody, Caller, visit_of
from gateway.entrypoints.identity.answers import NO_STORE, answer
from gateway.entrypoints.identity.fields import Email, NewPassword, Password, Token
from shared.contracts.envelope import Origin
from shared.kernel.principal import Kind, Role
from shared.runtime.clock import Clock
from shared.web.fields import Input, LanguageTag, Output

LONGEST_SECONDS = int(LONGEST_CUSTOMER_LIFE.total_seconds())


class SignInIn(Input):
    """Who signs in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ada@example.com", "password": "correct horse battery"}]}
    )

    email: Email
    password: Password


class PasswordChangeIn(Input):
    """The password until now, and the new one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"current_password": "correct horse battery", "new_password": "seven quiet rivers meet"}]
        }
    )

    current_password: Annotated[Password, Field(description="The password until now.")]
    new_password: Annotated[NewPassword, Field(description="12 to 128 characters; any will do.")]


class AccountBrief(Output):
    """The account that is signed in."""

    id: str
    email: str
    name: str
    roles: list[Role]


class SessionOut(Output):
    """A token to send as `Authorization: Bearer …`; it is shown only here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "token": "rs_5yUN3oG2JVh8iW0cT1dXqLrKfMzPaEbS7gYvHnQw9xA",
                    "expires_at": "2027-01-05T20:00:00Z",
                    "account": {
                        "id": "acc_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
                        "email": "ada@example.com",
                        "name": "Ada",
                        "roles": ["agent"],
                    },
                }
            ]
        }
    )

    token: str
    expires_at: datetime
    account: AccountBrief


class CustomerTokenIn(Input):
    """For whom a storefront vouches; `ttl_seconds` up to a day, an hour unless said."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"customer_id": "cust_81", "language": "zh-CN", "ttl_seconds": 3600}]}
    )

    customer_id: Token
    language: LanguageTag | None = None
    ttl_seconds: Annotated[int, Field(ge=60, le=LONGEST_SECONDS)] = int(CUSTOMER_LIFE.total_seconds())


class CustomerTokenOut(Output):
    """A token for this customer's own browser or app."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"token": "rc_Qm3oG2JVh8iW0cT1dXqLrKfMzPaEbS7gYvHnQw9xA5y", "expires_at": "2027-01-05T09:00:00Z"}
            ]
        }
    )

    token: str
    expires_at: datetime


class MeOut(Output):
    """How the gateway knows the caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "device",
                    "id": "key_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
                    "roles": ["device"],
                    "scopes": ["receipts:write"],
                    "warehouse": "SH-1",
                    "account": None,
                }
            ]
        }
    )

    kind: Kind
    id: str
    roles: list[Role]
    scopes: list[str]
    warehouse: str | None
    account: AccountBrief | None


def routes(transactions: Transactions, queries: Queries, sign_in: SignIn, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1", tags=["identity"])

    @router.post("/auth/sessions", response_model=SessionOut, status_code=201, summary="Sign in")
    async def begin_session(request: Request, _nobody: Anybody, body: SignInIn) -> Response:
        signed = await sign_in.staff(body.email, body.password, visit_of(request).address)
        return answer(SessionOut, signed, 201)

    @router.post(
        "/auth/password",
        response_model=SessionOut,
        status_code=201,
        summary="Change my password",
        description="Every session of the account ends, on all devices. The answer has the token of a new one.",
    )
    async def change_password(request: Request, caller: Caller, body: PasswordChangeIn) -> Response:
        account = await queries.account(caller.principal.id)
        address = visit_of(request).address
        signed = await sign_in.change_password(caller, account.email, body.current_password, body.new_password, address)
        return answer(SessionOut, signed, 201)

    @router.delete("/auth/sessions/current", status_code=204, response_class=Response, summary="Sign out")
    async def end_session(caller: Caller) -> Response:
        await transactions.run(
            lambda uow: use_cases.sign_out(uow, session_id=caller.credential, at=clock()),
            Origin(caller.principal.actor),
        )
        return Response(None, 204, NO_STORE)

    @router.post(
        "/auth/customer-tokens",
        response_model=CustomerTokenOut,
        status_code=201,
        summary="A token for a storefront's customer",
    )
    async def vouch_for_customer(caller: Caller, body: CustomerTokenIn) -> Response:
        life = timedelta(seconds=body.ttl_seconds)
        return answer(CustomerTokenOut, await sign_in.customer(body.customer_id, life, caller), 201)

    @router.get("/me", response_model=MeOut, summary="Who I am here")
    async def see_me(caller: Caller) -> Response:
        principal = caller.principal
        account = await queries.account(principal.id) if principal.kind is Kind.STAFF else None
        me = {
            "kind": principal.kind,
            "id": principal.id,
            "roles": sorted(principal.roles),
            "scopes": sorted(principal.scopes),
            "warehouse": principal.warehouse,
            "account": account,
        }
        return answer(MeOut, me)

    return router
