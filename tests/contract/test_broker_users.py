"""The broker users of docker-compose.yml may say what their services publish, and touch no other service's queues."""

import json
import re
import runpy
from pathlib import Path
from typing import Any, Final

import pytest

from shared.contracts.events import PUBLISHERS
from shared.messaging.bus import EXCHANGE, FINANCE_STREAM, UNROUTED

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = tuple(dict.fromkeys(PUBLISHERS.values()))
SECRETS: Final = {
    line.rstrip("="): f"secret-of-{line.rstrip('=').lower()}"
    for line in (ROOT / ".env.example").read_text().splitlines()
    if re.fullmatch(r"[A-Z_]+=", line)
}


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    script = runpy.run_path(str(ROOT / "deploy/rabbitmq/definitions.py"))
    definitions: dict[str, Any] = script["definitions"](SECRETS)
    return definitions


def of(entries: list[dict[str, str]], user: str) -> dict[str, str]:
    return next(entry for entry in entries if entry["user"] == user)


@pytest.mark.parametrize("noun", PUBLISHERS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_publish_about_its_own_nouns_only(written: dict[str, Any], service: str, noun: str) -> None:
    topics = of(written["topic_permissions"], service)
    assert topics["exchange"] == EXCHANGE
    assert bool(re.search(topics["write"], f"{noun}.happened.v1")) == (PUBLISHERS[noun] == service)


@pytest.mark.parametrize("owner", SERVICES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_touch_its_own_queues_only(written: dict[str, Any], service: str, owner: str) -> None:
    names = of(written["permissions"], service)
    for right in ("configure", "write", "read"):
        assert bool(re.search(names[right], f"{owner}.do-when-something")) == (service == owner)
        assert all(re.search(names[right], shared) for shared in (EXCHANGE, UNROUTED, FINANCE_STREAM))


def test_a_finance_system_reads_refunds_and_writes_nothing_of_ours(written: dict[str, Any]) -> None:
    names, topics = of(written["permissions"], "finance"), of(written["topic_permissions"], "finance")
    readable = {noun for noun in PUBLISHERS if re.search(topics["read"], f"{noun}.#")}
    assert readable == {"refund"}
    assert not any(re.search(topics["write"], f"{noun}.happened.v1") for noun in PUBLISHERS)
    assert re.search(names["read"], FINANCE_STREAM)
    assert not any(re.search(names["write"], ours) for ours in (EXCHANGE, UNROUTED, FINANCE_STREAM, *SERVICES))


def test_no_secret_can_be_read_back(written: dict[str, Any]) -> None:
    assert not [secret for secret in SECRETS.values() if secret in json.dumps(written)]
