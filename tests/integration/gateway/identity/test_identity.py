"""Who one is: sessions, customer tokens, keys, accounts, and how each ends (O01, S-01 to S-17)."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from gateway.adapters.identity.recognition import Recogniser
from gateway.adapters.identity.secrets_hmac import HmacSecrets
from gateway.adapters.publishing import publish
from gateway.adapters.tables import revocations, sessions
from gateway.adapters.unit_of_work import GatewayUnits
from gateway.application.identity.accounts import change_account
from shared.contracts.envelope import Origin
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.kernel.errors import Unauthenticated, Unavailable
from shared.kernel.principal import Kind, Principal
from shared.runtime.clock import new_id, now
from tests.support.gateway import ADMIN, RunningGateway, settings
from tests.support.waiting import eventually


async def test_the_first_account_signs_in_and_knows_itself(gate: RunningGateway) -> None:
    """GATEWAY_BOOTSTRAP_ADMIN opens one administrator's account where there is none."""
    headers = await gate.sign_in()
    me = (await gate.client.get("/v1/me", headers=headers)).json()
    assert (me["kind"], me["roles"], me["account"]["email"]) == ("staff", ["admin"], ADMIN[0])


async def test_the_first_account_is_opened_only_once(gate: RunningGateway) -> None:
    """A second start changes nothing."""
    await gate.gateway.start()
    assert len(await gate.gateway.queries.accounts()) == 1


async def test_a_session_ends_when_its_owner_signs_out(gate: RunningGateway) -> None:
    """S-17: the token is good for nothing afterwards."""
    headers = await gate.sign_in()
    assert (await gate.client.delete("/v1/auth/sessions/current", headers=headers)).status_code == 204
    for path in ("/v1/me", "/v1/returns"):
        assert (await gate.client.get(path, headers=headers)).status_code == 401


async def test_wrong_passwords_and_unknown_addresses_get_the_same_answer(gate: RunningGateway) -> None:
    """S-42, S-44: nothing tells whether an account exists; `instance` is the request's own id."""
    bodies = []
    for email in (ADMIN[0], "nobody@retour.example"):
        answer = await gate.client.post(
            "/v1/auth/sessions",
            json={"email": email, "password": "wrong wrong wrong"},
            headers={"X-Request-Id": "same-request"},
        )
        assert answer.status_code == 401
        bodies.append(answer.content)
    assert bodies[0] == bodies[1]


async def test_guessing_a_password_is_stopped_after_ten_tries(gate: RunningGateway) -> None:
    """S-42: 429 with Retry-After, also for the right password, until the time is over."""
    body = {"email": ADMIN[0], "password": "wrong wrong wrong"}
    statuses = [(await gate.client.post("/v1/auth/sessions", json=body)).status_code for _ in range(10)]
    assert statuses == [401] * 10
    answer = await gate.client.post("/v1/auth/sessions", json={"email": ADMIN[0], "password": ADMIN[1]})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_try_that_nobody_could_look_at_is_no_wrong_password(
    gate: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-42: an outage must not lock the administrator out when he is needed most."""
    body = {"email": ADMIN[0], "password": ADMIN[1]}

    async def away(*_: object) -> None:
        raise Unavailable("database")

    with monkeypatch.context() as outage:
        outage.setattr(gate.gateway.database.committer, "commit", away)
        statuses = [(await gate.client.post("/v1/auth/sessions", json=body)).status_code for _ in range(15)]
    assert statuses == [503] * 15
    assert (await gate.client.post("/v1/auth/sessions", json=body)).status_code == 201


async def test_a_key_is_shown_once_and_kept_as_a_digest(gate: RunningGateway) -> None:
    """S-76: lists and the database never hold the key."""
    _, headers = await gate.key(kind="device", warehouse="SH-1")
    secret = headers["Authorization"].removeprefix("Bearer ")
    admin = await gate.sign_in()
    listed = await gate.client.get("/v1/keys", headers=admin)
    assert secret.startswith("dk_")
    assert secret not in listed.text
    assert all(secret not in repr(key) for key in await gate.gateway.queries.keys())


async def test_a_revoked_key_is_refused_at_once(gate: RunningGateway) -> None:
    """S-13: although it was remembered a moment ago."""
    key_id, headers = await gate.key(kind="device", warehouse="SH-1")
    assert (await gate.client.get("/v1/receipts", headers=headers)).status_code == 200
    admin = await gate.sign_in()
    assert (await gate.client.delete(f"/v1/keys/{key_id}", headers=admin)).status_code == 204
    assert (await gate.client.get("/v1/receipts", headers=headers)).status_code == 401
    assert (await gate.client.delete("/v1/keys/key_unknown", headers=admin)).status_code == 404


async def test_a_device_is_bound_to_its_warehouse(gate: RunningGateway) -> None:
    """O01: the service is told the warehouse of the key, whatever the scanner says."""
    _, headers = await gate.key(kind="device", warehouse="SH-1")
    await gate.client.post("/v1/receipts", json={}, headers=headers | {"X-Warehouse": "BJ-9"})
    assert gate.seen[-1].principal.warehouse == "SH-1"
    assert gate.seen[-1].principal.actor.startswith("device:key_")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"kind": "device"}, "warehouse_missing"),
        ({"kind": "device", "warehouse": "SH-1", "scopes": ["receipts:write"]}, "scopes_of_device"),
        ({"kind": "device", "warehouse": "SH-1", "scopes": ["returns:everything"]}, "scopes_of_device"),
        ({"kind": "system", "scopes": ["orders:read"], "warehouse": "SH-1"}, "warehouse_missing"),
        ({"kind": "system"}, "scope_missing"),
        ({"kind": "system", "scopes": ["returns:everything"]}, "unknown_scope"),
        ({"kind": "staff"}, "not_a_machine"),
        ({"kind": "system", "scopes": ["orders:read"], "roles": ["admin"]}, "malformed"),
    ],
)
async def test_a_key_that_makes_no_sense_is_not_made(
    gate: RunningGateway, wanted: dict[str, object], code: str
) -> None:
    """S-15, S-36: scopes are exactly these words; unknown fields are refused."""
    admin = await gate.sign_in()
    answer = await gate.client.post("/v1/keys", json={"name": "A machine"} | wanted, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_storefront_vouches_for_its_customer(gate: RunningGateway) -> None:
    """The service sees a customer with the id that the storefront named."""
    headers = await gate.customer("cust_81")
    assert (await gate.client.get("/v1/returns", headers=headers)).status_code == 200
    principal = gate.seen[-1].principal
    assert (principal.actor, sorted(principal.roles)) == ("customer:cust_81", ["customer"])


async def test_a_customers_token_ends_with_the_key_that_vouched_for_it(gate: RunningGateway) -> None:
    """S-13: a revoked storefront key takes its tokens along, remembered or not."""
    key_id, shop = await gate.key(kind="system", scopes=["customers:token"])
    answer = await gate.client.post("/v1/auth/customer-tokens", json={"customer_id": "c"}, headers=shop)
    customer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await gate.client.get("/v1/returns", headers=customer)).status_code == 200
    await gate.client.delete(f"/v1/keys/{key_id}", headers=await gate.sign_in())
    assert (await gate.client.get("/v1/returns", headers=customer)).status_code == 401


@pytest.mark.parametrize("ttl", [59, 86_401, "3600", 1.5])
async def test_a_customers_token_lives_at_most_a_day(gate: RunningGateway, ttl: object) -> None:
    """S-49: strict numbers, within bounds."""
    body = {"customer_id": "c", "ttl_seconds": ttl}
    answer = await gate.client.post("/v1/auth/customer-tokens", json=body, headers=await gate.shop())
    assert answer.status_code == 422


async def test_a_closed_account_is_out_at_once_and_cannot_come_back(gate: RunningGateway) -> None:
    """S-13: roles and openness count at the next request, not at the next sign-in."""
    agent = await gate.staff("agent")
    me = (await gate.client.get("/v1/me", headers=agent)).json()
    admin = await gate.sign_in()
    path = f"/v1/accounts/{me['id']}"
    assert (await gate.client.patch(path, json={"roles": ["auditor"]}, headers=admin)).status_code == 200
    assert (await gate.client.get("/v1/me", headers=agent)).json()["roles"] == ["auditor"]
    closed = await gate.client.patch(path, json={"disabled": True}, headers=admin)
    assert closed.json()["disabled"] is True
    assert (await gate.client.get("/v1/me", headers=agent)).status_code == 401
    again = {"email": me["account"]["email"], "password": ADMIN[1]}
    assert (await gate.client.post("/v1/auth/sessions", json=again)).status_code == 401


async def test_nobody_changes_his_own_account(gate: RunningGateway) -> None:
    """S-35: an administrator always remains."""
    admin = await gate.sign_in()
    me = (await gate.client.get("/v1/me", headers=admin)).json()["id"]
    answer = await gate.client.patch(f"/v1/accounts/{me}", json={"disabled": True}, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")


async def test_two_accounts_never_share_an_address(gate: RunningGateway) -> None:
    """Also when they are opened at the same moment and written differently."""
    admin = await gate.sign_in()
    bodies = [
        {"email": email, "name": "Ada", "password": ADMIN[1], "roles": ["agent"]}
        for email in ("ada@retour.example", "ADA@retour.example")
    ]
    answers = await asyncio.gather(*(gate.client.post("/v1/accounts", json=body, headers=admin) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "email_taken"}


@pytest.mark.parametrize("roles", [[], ["customer"], ["device"], ["storefront"], ["agent", "device"], ["king"]])
async def test_an_account_has_only_roles_of_staff(gate: RunningGateway, roles: list[str]) -> None:
    """S-36: people cannot be made machines or customers."""
    body = {"email": "x@retour.example", "name": "X", "password": ADMIN[1], "roles": roles}
    assert (await gate.client.post("/v1/accounts", json=body, headers=await gate.sign_in())).status_code == 422


async def test_keys_and_accounts_are_an_administrators(gate: RunningGateway) -> None:
    """S-35: every other role of staff, and every machine, gets 403."""
    callers = [await gate.staff("agent", "supervisor", "operator", "auditor", "finance"), await gate.shop()]
    for headers in callers:
        for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("GET", "/v1/accounts")):
            answer = await gate.client.request(method, path, headers=headers)
            assert answer.status_code == 403, (method, path)
    assert (await gate.client.get("/v1/keys")).status_code == 401


async def test_whatever_ends_is_told_to_the_other_processes(gate: RunningGateway) -> None:
    """S-13: a session, a key, an account; by the moment at which it ended."""
    before = now()
    admin = await gate.sign_in()
    key_id, _ = await gate.key(kind="device", warehouse="SH-1")
    agent = await gate.staff("agent")
    account = (await gate.client.get("/v1/me", headers=agent)).json()["id"]
    assert await gate.gateway.database.reader.rows(select(revocations)) == []
    await gate.client.delete(f"/v1/keys/{key_id}", headers=admin)
    await gate.client.patch(f"/v1/accounts/{account}", json={"roles": ["auditor"]}, headers=admin)
    await gate.client.delete("/v1/auth/sessions/current", headers=admin)
    rows = await gate.gateway.database.reader.rows(select(revocations))
    kinds = sorted(row["holder"].partition("_")[0] for row in rows)
    assert kinds == ["acc", "key", "ses"]
    assert {key_id, account} < {row["holder"] for row in rows}
    assert all(before <= row["revoked_at"] <= now() for row in rows)


async def test_keys_and_sessions_name_who_let_them_in(gate: RunningGateway) -> None:
    """O02: the administrator who made the key, the storefront that vouched, the account that signed in."""
    admin = await gate.sign_in()
    me = (await gate.client.get("/v1/me", headers=admin)).json()["id"]
    key_id, shop = await gate.key(kind="system", scopes=["customers:token"])
    await gate.client.post("/v1/auth/customer-tokens", json={"customer_id": "cust_1"}, headers=shop)
    listed = (await gate.client.get("/v1/keys", headers=admin)).json()["items"]
    assert {key["id"]: key["created_by"] for key in listed} == {key_id: f"staff:{me}"}
    rows = await gate.gateway.database.reader.rows(select(sessions))
    assert {(row["kind"], row["holder"], row["opened_by"]) for row in rows} == {
        ("staff", me, f"staff:{me}"),
        ("customer", "cust_1", f"system:{key_id}"),
    }


def later(by: timedelta) -> datetime:
    return now() + by


@pytest.mark.parametrize("kind", ["staff", "customer"])
async def test_a_session_that_is_over_opens_nothing(gate: RunningGateway, kind: str) -> None:
    """S-17: twelve hours for staff, an hour for a customer; found in the table, not in the memory."""
    headers = await (gate.sign_in() if kind == "staff" else gate.customer())
    life = timedelta(hours=12 if kind == "staff" else 1)
    secret = headers["Authorization"].removeprefix("Bearer ")
    for after, known in ((life - timedelta(minutes=1), True), (life, False)):
        stranger = Recogniser(gate.gateway.database.reader, HmacSecrets(settings().token_key), partial(later, after))
        if known:
            assert (await stranger.recognise(secret)).principal.kind == kind
        else:
            with pytest.raises(Unauthenticated):
                await stranger.recognise(secret)


async def test_a_revocation_in_another_process_counts_here(gate: RunningGateway) -> None:
    """S-13: this process is told by the table, not by its own routes."""
    headers = await gate.staff("agent")
    me = (await gate.client.get("/v1/me", headers=headers)).json()["id"]
    database = gate.gateway.database
    units = GatewayUnits(database.reader, OutboxWriter("gateway", publish, now, new_id), lambda _: None)
    somebody = Principal(Kind.STAFF, "acc_other")
    await Transactions(units, database.committer).run(
        lambda uow: change_account(uow, account_id=me, roles=None, disabled=True, at=now(), by=somebody),
        Origin("elsewhere"),
    )

    async def out() -> bool:
        return (await gate.client.get("/v1/me", headers=headers)).status_code == 401

    assert await eventually(out, seconds=60)


CHANGE = "/v1/auth/password"
OLD, NEW = "Pass-for-a-person-1", "seven quiet rivers meet"


async def a_person(gate: RunningGateway) -> tuple[str, dict[str, str]]:
    """An agent with a known password: the address, and the headers of a session."""
    email = f"{new_id('p')[-12:].lower()}@retour.example"
    body = {"email": email, "name": "Lin", "password": OLD, "roles": ["agent"]}
    made = await gate.client.post("/v1/accounts", json=body, headers=await gate.sign_in())
    assert made.status_code == 201, made.text
    return email, await gate.sign_in(email, OLD)


async def test_s17_another_password_ends_every_session_of_the_account_and_begins_one(gate: RunningGateway) -> None:
    """S-13, S-17: also those that the process remembers; the old password is good for nothing, others stay."""
    email, first = await a_person(gate)
    second = await gate.sign_in(email, OLD)
    _, colleague = await a_person(gate)
    for headers in (first, second, colleague):
        assert (await gate.client.get("/v1/me", headers=headers)).status_code == 200
    body = {"current_password": OLD, "new_password": NEW}
    changed = await gate.client.post(CHANGE, json=body, headers=first)
    assert changed.status_code == 201, changed.text
    fresh = {"Authorization": f"Bearer {changed.json()['token']}"}
    assert (await gate.client.get("/v1/me", headers=fresh)).json()["account"]["email"] == email
    for headers in (first, second):
        assert (await gate.client.get("/v1/me", headers=headers)).status_code == 401
    front: Any = gate.gateway.app
    front.recogniser._known.clear()
    assert (await gate.client.get("/v1/me", headers=second)).status_code == 401
    assert (await gate.client.get("/v1/me", headers=fresh)).status_code == 200
    assert (await gate.client.get("/v1/me", headers=colleague)).status_code == 200
    refused = await gate.client.post("/v1/auth/sessions", json={"email": email, "password": OLD})
    assert refused.status_code == 401
    await gate.sign_in(email, NEW)


async def test_s42_a_wrong_current_password_changes_nothing_and_counts_as_a_try(gate: RunningGateway) -> None:
    """A stolen session is no way to guess the password: after ten tries nobody from there goes on."""
    _, headers = await a_person(gate)
    body = {"current_password": "wrong wrong wrong", "new_password": NEW}
    said = [await gate.client.post(CHANGE, json=body, headers=headers) for _ in range(11)]
    assert [answer.status_code for answer in said] == [422] * 10 + [429]
    problem = said[0].json()
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("wrong_current_password", "/current_password")
    right = await gate.client.post(CHANGE, json={**body, "current_password": OLD}, headers=headers)
    assert right.status_code == 429
    assert (await gate.client.get("/v1/me", headers=headers)).status_code == 200


@pytest.mark.parametrize("new", ["short", "x" * 129, ""])
async def test_a_new_password_keeps_the_rules_of_the_first_one(gate: RunningGateway, new: str) -> None:
    _, headers = await a_person(gate)
    answer = await gate.client.post(CHANGE, json={"current_password": OLD, "new_password": new}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/new_password")


async def test_only_a_person_has_a_password_to_change(gate: RunningGateway) -> None:
    """Customers, scanners and systems have none."""
    body = {"current_password": OLD, "new_password": NEW}
    for headers in (await gate.customer(), await gate.shop(), {}):
        answer = await gate.client.post(CHANGE, json=body, headers=headers)
        assert answer.status_code == (403 if headers else 401)
