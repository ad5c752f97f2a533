"""Routes of keys for systems and scanners."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from gateway.application.identity import keys as use_cases
from gateway.application.ports import Secrets, Transactions
from gateway.application.queries import Queries
from gateway.domain.identity.key import Key
from gateway.entrypoints.identity.admission import Caller
from gateway.entrypoints.identity.answers import NO_STORE, answer
from gateway.entrypoints.identity.fields import Name, Scopes, Token
from shared.contracts.envelope import Origin
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock, NewId
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
}


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


class KeyOut(Output):
    """A key without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SEEN]})

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


class NewKeyOut(KeyOut):
    """The same with the secret, which is shown only here."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_SEEN | {"key": "dk_5yUN3oG2JVh8iW0cT1dXqLrKfMzPaEbS7gYvHnQw9xA"}]}
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
        return answer(NewKeyOut, _seen(key) | {"key": secret}, 201)

    @router.get("", response_model=KeysOut, summary="Every key")
    async def see_keys(_caller: Caller) -> Response:
        return answer(KeysOut, {"items": [_seen(key) for key in await queries.keys()]})

    @router.delete("/{key_id}", status_code=204, response_class=Response, summary="Revoke a key, at once")
    async def revoke_key(caller: Caller, key_id: str) -> Response:
        await transactions.run(
            lambda uow: use_cases.revoke_key(uow, key_id=key_id, at=clock()),
            Origin(caller.principal.actor),
        )
        return Response(None, 204, NO_STORE)

    return router


def _seen(key: Key) -> dict[str, object]:
    shown = {name: getattr(key, name) for name in KeyOut.model_fields}
    return shown | {"scopes": sorted(key.scopes), "machine": key.machine or key.id}
