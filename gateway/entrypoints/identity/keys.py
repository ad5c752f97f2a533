"""Routes of keys for systems and scanners."""

from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from gateway.application.identity import keys as use_cases
from gateway.application.ports import Recognised, Secrets, Transactions
from gateway.application.queries import Queries
from gateway.domain.identity.key import Key
from gateway.entrypoints.identity.admission import Caller
from gateway.entrypoints.identity.answers import NO_STORE, answer
from gateway.entrypoints.identity.fields import Name, Scopes, Token
from gateway.entrypoints.identity.identity_actions import KEY_ACTIONS
from shared.contracts.envelope import Origin
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock, NewId
from shared.web.actions import Actions, WithActions
from shared.web.fields import Input, Output

_SEEN: dict[str, JsonValue] = {
    "id": "key_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
    "kind": "device",
    "name": "Scanner at dock 2",
    "scopes": [],
    "warehouse": "SH-1",
    "storefront": None,
    "created_by": "staff:acc_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
    "created_at": "2027-01-05T08:00:00Z",
    "revoked_at": None,
    "machine": "key_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
    "hint": "dk_5yUN…",
    "expires_at": None,
    "last_used_at": "2027-01-06T14:32:05Z",
    "actions": ["rotate_key", "revoke_key"],
}
LONGEST_OVERLAP = 168
"""Hours: a week."""


class KeyIn(Input):
    """A machine that is to come in: a system with its scopes, or a device with its warehouse."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "device", "name": "Scanner at dock 2", "warehouse": "SH-1"},
                {"kind": "system", "name": "Web shop", "scopes": ["orders:write", "customers:token"]},
            ]
        }
    )

    kind: Annotated[Kind, Field(strict=False, json_schema_extra={"enum": ["system", "device"]})]
    name: Annotated[
        Name,
        Field(
            description="One machine has one name in its warehouse. A key with the kind, name and warehouse of an "
            "earlier key is a new key of the same machine."
        ),
    ]
    scopes: Scopes = Field(default=[], description="What a system may do. A device's rights are fixed: none here.")
    warehouse: Token | None = None
    storefront: Token | None = Field(
        default=None, description="A system with a storefront uses the orders of this storefront only."
    )


class RotationIn(Input):
    """How long the old key is still good."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: int = Field(
        default=24,
        ge=0,
        le=LONGEST_OVERLAP,
        description="For how many hours the old key stays good, so that the machine can change over. "
        "0: the old key ends at once.",
    )


class KeyOut(WithActions):
    """A key without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SEEN]})
    offers: ClassVar[Actions[Key]] = KEY_ACTIONS

    id: str
    kind: Kind
    name: str
    scopes: list[str]
    warehouse: str | None
    storefront: str | None
    created_by: str
    created_at: datetime
    revoked_at: datetime | None
    machine: str = Field(
        description="The machine that holds the key: the id of its first key. What the machine sends again after it "
        "got a new key stays a repetition."
    )
    hint: str | None = Field(
        description="How the secret begins, so that you find the machine that has the key. Null for keys from "
        "before 0.2."
    )
    expires_at: datetime | None = Field(
        description="When the key ends because it was rotated; null for a key that was not rotated."
    )
    last_used_at: datetime | None = Field(
        description="When the key was last good for a request, to the minute; null for a key that was not used."
    )


class NewKeyOut(KeyOut):
    """The same with the secret, which is shown only here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [_SEEN | {"last_used_at": None, "key": "dk_5yUN3oG2JVh8iW0cT1dXqLrKfMzPaEbS7gYvHnQw9xA"}]
        }
    )

    key: str


class KeysOut(Output):
    """Every key, the newest first."""

    items: list[KeyOut]


def routes(transactions: Transactions, queries: Queries, secrets: Secrets, clock: Clock, new_id: NewId) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/keys", tags=["identity"])

    @router.post("", response_model=NewKeyOut, status_code=201, summary="Make a key for a system or a scanner")
    async def make_key(caller: Caller, body: KeyIn) -> Response:
        key_id = new_id("key")
        secret = secrets.make(use_cases.prefix_of(body.kind))
        key = await transactions.run(
            lambda uow: use_cases.make_key(
                uow,
                key_id=key_id,
                digest=secrets.digest(secret),
                hint=use_cases.hint_of(secret),
                kind=body.kind,
                name=body.name,
                scopes=body.scopes,
                warehouse=body.warehouse,
                storefront=body.storefront,
                at=clock(),
                by=caller.principal,
            ),
            Origin(caller.principal.actor),
        )
        return answer(NewKeyOut, _seen(key, caller) | {"key": secret}, 201)

    @router.get("", response_model=KeysOut, summary="Every key")
    async def see_keys(caller: Caller) -> Response:
        return answer(KeysOut, {"items": [_seen(key, caller) for key in await queries.keys()]})

    @router.post(
        "/{key_id}/rotation",
        response_model=NewKeyOut,
        status_code=201,
        summary="Give a machine a new key",
        description="The answer has the new key, which has the rights of the old one. Both are good until the old one "
        "expires. Customers' tokens that the old key asked for stay valid, unless it is revoked.",
    )
    async def rotate_key(caller: Caller, key_id: str, body: RotationIn) -> Response:
        def make_secret(kind: Kind) -> tuple[str, str]:
            secret = secrets.make(use_cases.prefix_of(kind))
            return secret, secrets.digest(secret)

        successor_id = new_id("key")
        key, secret = await transactions.run(
            lambda uow: use_cases.rotate_key(
                uow,
                key_id=key_id,
                successor_id=successor_id,
                make_secret=make_secret,
                hours=body.overlap_hours,
                at=clock(),
                by=caller.principal,
            ),
            Origin(caller.principal.actor),
        )
        return answer(NewKeyOut, _seen(key, caller) | {"key": secret}, 201)

    @router.delete("/{key_id}", status_code=204, response_class=Response, summary="Revoke a key, at once")
    async def revoke_key(caller: Caller, key_id: str) -> Response:
        await transactions.run(
            lambda uow: use_cases.revoke_key(uow, key_id=key_id, at=clock()),
            Origin(caller.principal.actor),
        )
        return Response(None, 204, NO_STORE)

    return router


def _seen(key: Key, reader: Recognised) -> dict[str, object]:
    shown = {name: getattr(key, name) for name in KeyOut.model_fields if name != "actions"}
    actions = KEY_ACTIONS.of(key, reader.principal)
    return shown | {"scopes": sorted(key.scopes), "machine": key.holder, "actions": actions}
