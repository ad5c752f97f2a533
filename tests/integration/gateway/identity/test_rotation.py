"""A machine gets a new key while the old one is good; when keys were used; what may be done with them (O06, N09)."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from gateway.adapters.identity.recognition import Recogniser
from gateway.adapters.identity.secrets_hmac import HmacSecrets
from gateway.application.identity.key_uses import KeyUses, record_uses
from gateway.entrypoints.identity import key_use_job
from gateway.entrypoints.identity.identity_actions import ACCOUNT_ACTIONS, KEY_ACTIONS
from gateway.entrypoints.identity.key_use_job import KeyUseWriter
from shared.contracts.envelope import Origin
from shared.kernel.errors import Unauthenticated
from shared.runtime.clock import now
from shared.runtime.loops import Heartbeat
from tests.contract.clients.documented import DOCUMENT
from tests.support.gateway import RunningGateway, settings
from tests.support.waiting import eventually

SHOP = {"kind": "system", "scopes": ["customers:token", "orders:read"], "storefront": "main", "name": "Web shop"}
Headers = dict[str, str]


def later(by: timedelta) -> datetime:
    return now() + by


def after(gate: RunningGateway, by: timedelta) -> Recogniser:
    """Another process at a later time, which remembers nothing."""
    return Recogniser(gate.gateway.database.reader, HmacSecrets(settings().token_key), partial(later, by))


def bearer(secret: str) -> Headers:
    return {"Authorization": f"Bearer {secret}"}


def secret_in(headers: Headers) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


async def rotated(gate: RunningGateway, key_id: str, admin: Headers, hours: int = 24) -> dict[str, Any]:
    """The new key."""
    answer = await gate.client.post(f"/v1/keys/{key_id}/rotation", json={"overlap_hours": hours}, headers=admin)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(gate: RunningGateway, key_id: str, admin: Headers) -> dict[str, Any]:
    items: list[dict[str, Any]] = (await gate.client.get("/v1/keys", headers=admin)).json()["items"]
    return next(item for item in items if item["id"] == key_id)


async def status(gate: RunningGateway, headers: Headers) -> int:
    return (await gate.client.get("/v1/me", headers=headers)).status_code


async def customer_of(gate: RunningGateway, shop: Headers, **more: int) -> Headers:
    body = {"customer_id": "cust_1", **more}
    answer = await gate.client.post("/v1/auth/customer-tokens", json=body, headers=shop)
    assert answer.status_code == 201, answer.text
    return bearer(answer.json()["token"])


async def test_o06_a_rotated_key_and_its_successor_are_both_good_until_the_overlap_is_over(
    gate: RunningGateway,
) -> None:
    """The successor has every right of the old key and belongs to the same machine."""
    key_id, old = await gate.key(**SHOP)
    assert await status(gate, old) == 200
    admin = await gate.sign_in()
    before = now()
    new = await rotated(gate, key_id, admin)
    known, first = await listed(gate, new["id"], admin), await listed(gate, key_id, admin)
    for name in ("kind", "name", "scopes", "warehouse", "storefront", "machine"):
        assert known[name] == new[name] == first[name], name
    assert (new["machine"], new["expires_at"], new["hint"]) == (key_id, None, f"{new['key'][:7]}…")
    assert new["key"].startswith("rk_")
    assert new["key"] not in str(known)
    until = datetime.fromisoformat(first["expires_at"])
    assert before + timedelta(hours=24) <= until <= now() + timedelta(hours=24)
    assert [await status(gate, headers) for headers in (old, bearer(new["key"]))] == [200, 200]
    almost, over = after(gate, timedelta(hours=23, minutes=59)), after(gate, timedelta(hours=24))
    assert (await almost.recognise(secret_in(old))).credential == key_id
    with pytest.raises(Unauthenticated):
        await over.recognise(secret_in(old))
    assert (await over.recognise(new["key"])).credential == new["id"]


async def test_o06_a_key_without_overlap_ends_at_once_although_it_was_remembered(gate: RunningGateway) -> None:
    key_id, old = await gate.key(kind="device", warehouse="SH-1")
    assert await status(gate, old) == 200
    new = await rotated(gate, key_id, await gate.sign_in(), hours=0)
    assert new["key"].startswith("dk_")
    assert [await status(gate, headers) for headers in (old, bearer(new["key"]))] == [401, 200]


async def test_o06_a_remembered_key_ends_with_its_overlap(gate: RunningGateway) -> None:
    """An entry of the memory does not outlive the key, and neither does one of a customer's token that it asked for."""
    key_id, old = await gate.key(**SHOP)
    await rotated(gate, key_id, await gate.sign_in(), hours=1)
    customer = await customer_of(gate, old, ttl_seconds=86_400)
    nearly = after(gate, timedelta(minutes=59, seconds=50))
    for secret in (secret_in(old), secret_in(customer)):
        await nearly.recognise(secret)
        known = nearly._known[secret]
        assert known.until - known.found_at <= 10


async def test_o06_customers_stay_signed_in_when_their_storefront_rotates_its_key(gate: RunningGateway) -> None:
    """The token is good as long as the machine has a good key, and not longer."""
    key_id, old = await gate.key(**SHOP)
    customer, admin = await customer_of(gate, old), await gate.sign_in()
    new = await rotated(gate, key_id, admin, hours=0)
    assert await status(gate, old) == 401
    assert await status(gate, customer) == 200
    newest = await rotated(gate, new["id"], admin, hours=0)
    assert await status(gate, customer) == 200
    assert (await gate.client.delete(f"/v1/keys/{newest['id']}", headers=admin)).status_code == 204
    assert await status(gate, customer) == 401


async def test_o06_a_key_of_another_machine_keeps_no_customer_signed_in(gate: RunningGateway) -> None:
    """Neither another machine's, nor one of the same machine that may not ask for tokens."""
    key_id, old = await gate.key(**SHOP)
    customer, admin = await customer_of(gate, old), await gate.sign_in()
    new = await rotated(gate, key_id, admin, hours=0)
    await gate.key(**SHOP | {"name": "Another shop"})
    _, same = await gate.key(**SHOP | {"scopes": ["orders:read"]})
    assert await status(gate, same) == 200
    await gate.client.delete(f"/v1/keys/{new['id']}", headers=admin)
    assert await status(gate, customer) == 401


async def test_s13_a_revoked_key_takes_its_customers_along_whether_it_was_rotated_or_not(gate: RunningGateway) -> None:
    """A stolen key may have asked for tokens; those that its successor asked for stay."""
    key_id, old = await gate.key(**SHOP)
    admin = await gate.sign_in()
    new = await rotated(gate, key_id, admin)
    of_old, of_new = await customer_of(gate, old), await customer_of(gate, bearer(new["key"]))
    assert await status(gate, of_old) == 200
    await gate.client.delete(f"/v1/keys/{key_id}", headers=admin)
    assert [await status(gate, each) for each in (old, of_old, bearer(new["key"]), of_new)] == [401, 401, 200, 200]


async def test_s13_a_successor_can_be_revoked_while_the_old_key_is_good(gate: RunningGateway) -> None:
    key_id, old = await gate.key(**SHOP)
    admin = await gate.sign_in()
    new = await rotated(gate, key_id, admin)
    assert await status(gate, bearer(new["key"])) == 200
    await gate.client.delete(f"/v1/keys/{new['id']}", headers=admin)
    assert [await status(gate, each) for each in (bearer(new["key"]), old)] == [401, 200]


@pytest.mark.parametrize(("language", "word"), [("en", "POST /v1/keys"), ("zh-CN", "轮换")])
async def test_o06_a_key_is_rotated_once_and_the_refusal_says_what_to_do(
    gate: RunningGateway, language: str, word: str
) -> None:
    """Revoked, expired, or rotated before; also when two administrators rotate at the same moment."""
    admin = await gate.sign_in() | {"Accept-Language": language}
    ids = [(await gate.key(kind="device", warehouse="SH-1", name=name))[0] for name in ("gone", "over", "twice")]
    gone, over, twice = (f"/v1/keys/{key_id}/rotation" for key_id in ids)
    await gate.client.delete(f"/v1/keys/{ids[0]}", headers=admin)
    await rotated(gate, ids[1], admin, hours=0)
    pair = await asyncio.gather(*(gate.client.post(twice, json={}, headers=admin) for _ in range(2)))
    assert sorted(answer.status_code for answer in pair) == [201, 409]
    for path, code in ((gone, "key_revoked"), (over, "key_expired"), (twice, "key_rotated")):
        answer = await gate.client.post(path, json={}, headers=admin)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        assert word in answer.json()["detail"]
    unknown = await gate.client.post("/v1/keys/key_unknown/rotation", json={}, headers=admin)
    assert unknown.status_code == 404


@pytest.mark.parametrize("hours", [-1, 169, "24", 1.5, None])
async def test_o06_an_overlap_is_at_most_a_week(gate: RunningGateway, hours: object) -> None:
    key_id, _ = await gate.key(kind="device", warehouse="SH-1")
    admin = await gate.sign_in()
    answer = await gate.client.post(f"/v1/keys/{key_id}/rotation", json={"overlap_hours": hours}, headers=admin)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/overlap_hours")


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses are looked for without a pause of seconds."""
    monkeypatch.setattr(key_use_job, "LOOK_SECONDS", 0.05)


async def test_o06_a_key_shows_when_it_was_last_used(prompt: None, gate: RunningGateway) -> None:
    """The loop of the gateway writes it."""
    key_id, headers = await gate.key(kind="device", warehouse="SH-1")
    admin = await gate.sign_in()
    assert (await listed(gate, key_id, admin))["last_used_at"] is None
    before = now()
    await gate.client.get("/v1/receipts", headers=headers)

    async def shown() -> str | None:
        found: str | None = (await listed(gate, key_id, admin))["last_used_at"]
        return found

    assert before <= datetime.fromisoformat(str(await eventually(shown))) <= now()


async def test_o06_what_a_process_has_noted_is_written_when_it_ends(gate: RunningGateway) -> None:
    """Also within the minute after the last write, and what another process wrote stays where it is later."""
    key_id, _ = await gate.key(kind="device", warehouse="SH-1")
    admin, transactions, uses, at = await gate.sign_in(), gate.gateway.transactions, KeyUses(), now()
    uses.note(key_id, at)
    uses.note("key_unknown", at)
    loop = asyncio.create_task(KeyUseWriter(uses, transactions, now).run(Heartbeat(name="key-uses")))

    async def written() -> bool:
        return (await listed(gate, key_id, admin))["last_used_at"] is not None

    await eventually(written)
    uses.note(key_id, at + timedelta(seconds=30))
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
    await transactions.run(lambda uow: record_uses(uow, {key_id: at + timedelta(seconds=29)}), Origin("elsewhere"))
    found = (await listed(gate, key_id, admin))["last_used_at"]
    assert datetime.fromisoformat(found) == at + timedelta(seconds=30)


async def test_o06_a_gateway_that_stops_writes_what_it_has_noted(gate: RunningGateway) -> None:
    """While its loops end, the one that commits is still there."""
    key_id, headers = await gate.key(kind="device", warehouse="SH-1")
    assert await status(gate, headers) == 200
    await gate.gateway.loops.stop()
    key = await gate.gateway.queries.find_key(key_id)
    assert key is not None
    assert key.last_used_at is not None


async def test_n09_keys_and_accounts_name_what_an_administrator_may_do(gate: RunningGateway) -> None:
    """The names are those of the operations, and true in every state."""
    for table in (KEY_ACTIONS, ACCOUNT_ACTIONS):
        for name, action in table.table.items():
            assert DOCUMENT["paths"][action.path][action.method.lower()]["operationId"] == name
    admin = await gate.sign_in()
    me = (await gate.client.get("/v1/me", headers=admin)).json()["id"]
    body = {"email": "lin@retour.example", "name": "Lin", "password": "seven quiet rivers", "roles": ["agent"]}
    opened = (await gate.client.post("/v1/accounts", json=body, headers=admin)).json()
    closed = await gate.client.patch(f"/v1/accounts/{opened['id']}", json={"disabled": True}, headers=admin)
    accounts = (await gate.client.get("/v1/accounts", headers=admin)).json()["items"]
    assert {each["id"]: each["actions"] for each in accounts} == {me: [], opened["id"]: ["change_account"]}
    assert opened["actions"] == closed.json()["actions"] == ["change_account"]
    key_id, _ = await gate.key(kind="device", warehouse="SH-1")
    assert (await listed(gate, key_id, admin))["actions"] == ["rotate_key", "revoke_key"]
    new = await rotated(gate, key_id, admin)
    assert new["actions"] == ["rotate_key", "revoke_key"]
    assert (await listed(gate, key_id, admin))["actions"] == ["revoke_key"]
    for each in (key_id, new["id"]):
        await gate.client.delete(f"/v1/keys/{each}", headers=admin)
        assert (await listed(gate, each, admin))["actions"] == []
