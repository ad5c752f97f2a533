"""The doctor before patients that are really ill: what it says is true, names the place, and says what to do."""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pika
import pytest

from retour.exit_status import ExitStatus
from retour.operating.doctor import database, examination
from retour.operating.doctor.finding import Notebook
from shared.database.migrating import newest
from shared.messaging.bus import UNROUTED
from tests.e2e.test_command import Terminal, terminal, wrong
from tests.e2e.test_dead_letters import a_forgery, smuggle
from tests.support.waiting import eventually

__all__ = ["terminal"]
pytestmark = [pytest.mark.xdist_group("command"), pytest.mark.slow, pytest.mark.timeout(900)]

Finding = dict[str, Any]
QUEUE = "refunds.follow-inspection"


def good(found: tuple[int, Sequence[Finding]]) -> bool:
    status, findings = found
    return status == ExitStatus.GOOD and not wrong(list(findings))


async def sees(terminal: Terminal, about: str, what: str, do: str, **environment: str) -> None:
    """The doctor finds exactly this place wrong, in these words, with this advice, and ends as it ought to."""

    async def look() -> list[Finding] | None:
        status, findings = await asyncio.to_thread(terminal.doctor, **environment)
        found = wrong(findings)
        here = [each for each in found if each["about"] == about and what in each["what"] and do in each["do"]]
        return found if here and status == ExitStatus.WRONG else None

    found = await eventually(look, seconds=240, every=0.5)
    assert {each["about"] for each in found} == {about}, found


async def well(terminal: Terminal) -> None:
    """Everything is as it ought to be again."""

    async def look() -> bool:
        return good(await asyncio.to_thread(terminal.doctor))

    await eventually(look, seconds=240, every=1)


async def test_what_is_wrong_in_a_running_retour_is_found_and_named(terminal: Terminal) -> None:
    """R07, I-17: dead letters, a failing loop, another schema; each mended before the next."""
    await asyncio.to_thread(terminal.up)
    await well(terminal)

    smuggle(terminal, "inspection.received.v1", a_forgery("evt_doctor"))
    for service in ("requests", "refunds", "notifications"):

        async def look(about: str = f"service {service}") -> bool:
            _, findings = await asyncio.to_thread(terminal.doctor)
            return any(
                each["about"] == about and "1 events wait for a person" in each["what"] and "replay" in each["do"]
                for each in wrong(findings)
            )

        await eventually(look, seconds=240, every=0.5)
        words = ("discard", "evt_doctor", "--service", service, "--reason", "a test's own")
        assert (await asyncio.to_thread(terminal.run, "dead-letters", *words)).returncode == ExitStatus.GOOD

    await change(terminal, "inspection", "ALTER TABLE parked_events RENAME TO elsewhere")
    await sees(terminal, "service inspection", "loop sweep fails again and again", "Mend")
    await change(terminal, "inspection", "ALTER TABLE elsewhere RENAME TO parked_events")

    await change(terminal, "notifications", "UPDATE alembic_version SET version_num = '0001'")

    async def other_schema() -> bool:
        _, findings = await asyncio.to_thread(terminal.doctor)
        return any(
            each["about"] == "database notifications" and "0001" in each["what"] and "retour migrate" in each["do"]
            for each in wrong(findings)
        )

    assert await other_schema()
    here = newest(examination._migrations()["notifications"])
    await change(terminal, "notifications", f"UPDATE alembic_version SET version_num = '{here}'")  # noqa: S608
    await well(terminal)


@pytest.mark.parametrize("mode", [pytest.param("distributed", marks=pytest.mark.distributed)], indirect=True)
async def test_what_is_wrong_with_the_servers_is_found_and_named(terminal: Terminal) -> None:
    """Finding 2, N07: queues otherwise made, gone or unbound, unrouted events, a role that may not come in."""
    await asyncio.to_thread(terminal.up)
    url = terminal.environment["RETOUR_BROKER_URL"]

    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().basic_publish("retour.events", "weather.changed.v1", b"{}")
        await sees(terminal, f"queue {UNROUTED}", "1 events found no queue", "look at it, then purge this queue")
        connection.channel().queue_purge(UNROUTED)

    parts = urlsplit(url)
    address = f"{parts.hostname}:{parts.port or 5672}"
    stranger = urlunsplit(parts._replace(netloc=f"guest:not-the-word@{address}"))
    await sees(terminal, "broker refunds", "", "REFUNDS_BROKER_URL", REFUNDS_BROKER_URL=stranger)

    prefix = terminal.environment["RETOUR_DATABASE_PREFIX"]
    await administer(terminal, f"ALTER ROLE {prefix}_refunds NOLOGIN")
    await sees(terminal, "database refunds", "cannot be reached", "REFUNDS_DATABASE_URL")
    await administer(terminal, f"ALTER ROLE {prefix}_refunds LOGIN")
    await well(terminal)

    assert await asyncio.to_thread(terminal.down) == ExitStatus.GOOD
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().queue_delete(QUEUE)
        found = await about_queue(terminal)
        assert (found["what"], "migrate --distributed" in found["do"]) == ("it does not exist", True)
        connection.channel().queue_declare(QUEUE, durable=True)
        found = await about_queue(terminal)
        assert "made otherwise" in found["what"]
        assert "PRECONDITION_FAILED" in found["what"]
        assert "delete it when it is empty" in found["do"]
        connection.channel().queue_delete(QUEUE)
    assert (await asyncio.to_thread(terminal.run, "migrate", "--distributed")).returncode == ExitStatus.GOOD
    found = await about_queue(terminal)
    assert "nobody reads it" in found["what"]
    assert "Start its service" in found["do"]


async def test_secrets_that_are_gone_damaged_or_open_are_named(terminal: Terminal) -> None:
    await asyncio.to_thread(terminal.up)
    secrets = terminal.data / "secrets.json"
    whole = secrets.read_text()

    secrets.chmod(0o644)
    await sees(terminal, "secrets.json", "others on this machine can read it", "chmod 600")
    secrets.chmod(0o600)

    lacking = json.loads(whole)
    del lacking["internal_keys"]["refunds"]
    for text, says in (("{", "damaged"), (json.dumps(lacking), "lacks what belongs to refunds")):
        secrets.write_text(text)
        await sees(terminal, "secrets.json", says, "Bring back a copy")
    secrets.unlink()
    if terminal.distributed:
        _, findings = await asyncio.to_thread(terminal.doctor)
        assert any("GATEWAY_TOKEN_KEY" in each["what"] for each in wrong(findings))
    else:
        await sees(terminal, "secrets.json", "it is gone", "Bring back a copy")
    secrets.write_text(whole)
    secrets.chmod(0o600)


@pytest.mark.parametrize(("ahead", "said"), [(0.5, []), (-1.9, []), (7.25, ["7.2"]), (-60.0, ["-60.0"])])
def test_a_clock_that_goes_otherwise_is_named(ahead: float, said: list[str]) -> None:
    """I-30."""
    notebook = Notebook("en", [])
    database.compare_clocks(notebook, "database refunds", ahead)
    assert [said for finding, said in zip(notebook.findings, said, strict=True) if said in finding.what] == said


async def about_queue(terminal: Terminal) -> Finding:
    _, findings = await asyncio.to_thread(terminal.doctor)
    (found,) = [each for each in wrong(findings) if each["about"] == f"queue {QUEUE}"]
    return found


async def change(terminal: Terminal, service: str, statement: str) -> None:
    """Somebody works on a service's database by hand."""
    if terminal.distributed:
        name = f"{terminal.environment['RETOUR_DATABASE_PREFIX']}_{service}"
        connection = await asyncpg.connect(terminal.environment["RETOUR_POSTGRES_URL"], database=name)
        await connection.execute(statement)
        await connection.close()
        return
    with closing(sqlite3.connect(terminal.data / f"{service}.db", timeout=10)) as database, database:
        database.execute(statement)


async def administer(terminal: Terminal, statement: str) -> None:
    connection = await asyncpg.connect(terminal.environment["RETOUR_POSTGRES_URL"])
    await connection.execute(statement)
    await connection.close()
