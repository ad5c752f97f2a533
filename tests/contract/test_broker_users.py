"""The broker users of docker-compose.yml may say what their services publish, and touch no other service's queues."""

import json
import re
import runpy
from pathlib import Path
from typing import Any, Final

import pytest

from shared.contracts.events import PUBLISHERS
from shared.messaging.broker_topology import BrokerNames, key_again
from shared.messaging.bus import EXCHANGE, FINANCE_STREAM, RETURNS_STREAM, UNROUTED

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = tuple(dict.fromkeys(PUBLISHERS.values()))
SECRETS: Final = {
    line.rstrip("="): f"secret-of-{line.rstrip('=').lower()}"
    for line in (ROOT / ".env.example").read_text().splitlines()
    if re.fullmatch(r"[A-Z_]+=", line)
}


OUTSIDE = (("finance", "refund", FINANCE_STREAM), ("returns", "return", RETURNS_STREAM))


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    script = runpy.run_path(str(ROOT / "deploy/rabbitmq/definitions.py"))
    definitions: dict[str, Any] = script["definitions"](SECRETS)
    return definitions


def of(entries: list[dict[str, str]], user: str, exchange: str = EXCHANGE) -> dict[str, str]:
    return next(entry for entry in entries if entry["user"] == user and entry.get("exchange", exchange) == exchange)


@pytest.mark.parametrize("noun", PUBLISHERS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_publish_about_its_own_nouns_only(written: dict[str, Any], service: str, noun: str) -> None:
    topics = of(written["topic_permissions"], service)
    assert topics["exchange"] == EXCHANGE
    assert bool(re.search(topics["write"], f"{noun}.happened.v1")) == (PUBLISHERS[noun] == service)
    again = of(written["topic_permissions"], service, BrokerNames().again)
    for other in SERVICES:
        key = key_again(f"{noun}.happened.v1", other)
        assert bool(re.search(again["write"], key)) == (PUBLISHERS[noun] == service)
        assert bool(re.search(again["read"], key_again(f"{noun}.#", other))) == (other == service)


@pytest.mark.parametrize("owner", SERVICES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_touch_its_own_queues_only(written: dict[str, Any], service: str, owner: str) -> None:
    names = of(written["permissions"], service)
    for right in ("configure", "write", "read"):
        assert bool(re.search(names[right], f"{owner}.do-when-something")) == (service == owner)
        assert all(re.search(names[right], shared) for shared in (EXCHANGE, UNROUTED, FINANCE_STREAM, RETURNS_STREAM))


@pytest.mark.parametrize(("user", "noun", "stream"), OUTSIDE)
def test_a_system_outside_reads_its_noun_and_writes_nothing_of_ours(
    written: dict[str, Any], user: str, noun: str, stream: str
) -> None:
    names, topics = of(written["permissions"], user), of(written["topic_permissions"], user)
    again = of(written["topic_permissions"], user, BrokerNames().again)
    assert {each for each in PUBLISHERS if re.search(topics["read"], f"{each}.#")} == {noun}
    for key in (f"{each}.happened.v1" for each in PUBLISHERS):
        assert not any(re.search(pattern, key) for pattern in (topics["write"], again["write"], again["read"]))
    streams = set(BrokerNames().streams)
    assert {each for each in streams if re.search(names["read"], each)} == {stream}
    for ours in (EXCHANGE, UNROUTED, *streams, *(f"{each}.do-when-something" for each in SERVICES)):
        assert not re.search(names["write"], ours)
        assert not re.search(names["configure"], ours)
    assert BrokerNames().streams[stream] == noun


def test_no_secret_can_be_read_back(written: dict[str, Any]) -> None:
    assert not [secret for secret in SECRETS.values() if secret in json.dumps(written)]
