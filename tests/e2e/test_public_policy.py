"""A shopping agent without an account reads the policy in force, and nothing else, from a running Retour (B11, N10)."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from service_requests.adapters.policy.rulebook_source import SHIPPED
from tests.e2e.test_command import Terminal, terminal
from tests.support import world as worlds
from tests.support.world import World

__all__ = ["terminal"]
pytestmark = [pytest.mark.xdist_group("command"), pytest.mark.slow, pytest.mark.timeout(900)]

IN_FORCE = "standard@2026-01"
MACHINE_FORM = "/v1/policy/machine-form"
STANDARD = (SHIPPED / "standard.yaml").read_text("utf-8")
DRAFT = STANDARD.replace('"2026-01"', '"draft"').replace("2000-01-01", "2099-01-01")


@pytest.fixture
async def shop(terminal: Terminal) -> AsyncIterator[World]:
    """A running Retour and the people around it."""
    await asyncio.to_thread(terminal.up)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{terminal.port}", timeout=30) as http:
        yield await worlds._sign_in("distributed" if terminal.distributed else "embedded", http, terminal.data)


async def test_an_agent_without_an_account_reads_the_policy_in_force_and_nothing_else(shop: World) -> None:
    """Page, figures and machine form agree; drafts, versions word for word and everything else stay closed."""
    await shop.admin.post("/v1/policies/trial", {"document": DRAFT})
    async with httpx2.AsyncClient(base_url=shop.http.base_url, timeout=30) as agent:
        form = await agent.get(MACHINE_FORM)
        assert "authorization" not in form.request.headers
        assert (form.status_code, form.json()["policy"]) == (200, IN_FORCE)
        days = {each["regime"]: each["window"]["days"] for each in form.json()["policies"] if each["category"] == "*"}
        figures = (await agent.get("/v1/policy")).json()
        assert days == {each["code"]: each["window_days"] for each in figures["regimes"]}
        digest = form.json()["policy_sha256"]
        assert figures["sha256"] == digest
        assert digest in (await agent.get("/policy")).text

        assert form.headers["cache-control"] == "public, max-age=60"
        again = await agent.get(MACHINE_FORM, headers={"If-None-Match": form.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

        for path in (MACHINE_FORM, "/v1/policy"):
            draft = await agent.get(path, params={"version": "standard@draft"})
            assert (draft.status_code, draft.json()["code"]) == (404, "not_found")
            assert (await agent.post(path, json={})).status_code == 405
        for closed in ("/v1/policies", f"/v1/policies/{IN_FORCE}", "/v1/orders", "/v1/returns"):
            assert (await agent.get(closed)).status_code == 401
        for closed in ("/v1/policies", "/v1/policies/trial"):
            assert (await agent.post(closed, json={"document": DRAFT})).status_code == 401
