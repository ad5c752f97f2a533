"""What the command says about settings: all of it at once, by the names people write, values never repeated."""

from pathlib import Path

import pytest

from retour.hosting import embedded, settings
from retour.hosting.data_folder import DataFolder, address_of

BOTH = {"RETOUR_POSTGRES_URL": "postgresql://db/x", "RETOUR_BROKER_URL": "amqp://mq/x"}
EACH = {f"{name}_DATABASE_URL": "x" for name in ("GATEWAY", "REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS")} | {
    f"{name}_BROKER_URL": "x" for name in ("REQUESTS", "INSPECTION", "REFUNDS", "NOTIFICATIONS")
}


@pytest.mark.parametrize("environment", [BOTH, EACH, BOTH | EACH])
def test_two_urls_or_each_services_own_are_enough(environment: dict[str, str]) -> None:
    assert settings.missing(environment) == []


def test_everything_that_is_missing_is_said_at_once() -> None:
    found = settings.missing(
        {name: "x" for name in EACH if name != "REFUNDS_BROKER_URL"} | {"GATEWAY_DATABASE_URL": ""}
    )
    assert found == ["RETOUR_POSTGRES_URL (GATEWAY_DATABASE_URL)", "RETOUR_BROKER_URL (REFUNDS_BROKER_URL)"]


@pytest.mark.parametrize("broker", ["http://mq/x", "mq", "amqp://mq:x/", "amqp://mq:99999/"])
@pytest.mark.parametrize("postgres", ["mysql://secret@db/x", "db", "postgresql://secret@db:abc/x"])
def test_an_address_of_a_server_that_is_none_is_named_and_not_repeated(postgres: str, broker: str) -> None:
    found = settings.wrong_servers({"RETOUR_POSTGRES_URL": postgres, "RETOUR_BROKER_URL": broker})
    assert [line.partition(":")[0] for line in found] == ["RETOUR_POSTGRES_URL", "RETOUR_BROKER_URL"]
    assert "secret" not in " ".join(found)
    socket = {"RETOUR_POSTGRES_URL": "postgresql:///x?host=/run", "RETOUR_BROKER_URL": "amqps://mq:1/"}
    for right in (BOTH, {}, socket, {"RETOUR_POSTGRES_URL": "postgres://me@db1:5432,db2:5433/x"}):
        assert settings.wrong_servers(right) == []


def test_a_services_own_address_of_a_server_is_looked_at_like_the_whole_ones() -> None:
    own = {"REFUNDS_BROKER_URL": "amqp://mq:x/", "GATEWAY_DATABASE_URL": "mysql://secret@db/x"}
    found = settings.wrong_servers(own)
    assert {line.partition(":")[0] for line in found} == set(own)
    assert "secret" not in " ".join(found)
    assert settings.wrong_servers({"REFUNDS_DATABASE_URL": "sqlite:////x.db"}) == []


@pytest.mark.parametrize("prefix", ["retour", "r", "shop_2", "a" * 40])
def test_names_of_databases_begin_with_a_small_letter_and_stay_short(prefix: str) -> None:
    assert settings.begins_names(prefix)


@pytest.mark.parametrize(
    "prefix", ["", "Retour", "2shop", "_shop", "my-shop", "shop; DROP", "商店", "shop\n", "a" * 41]
)
def test_a_prefix_that_postgresql_would_read_otherwise_begins_no_names(prefix: str) -> None:
    assert not settings.begins_names(prefix)


def test_every_wrong_setting_is_named_and_no_value_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_RATE_PER_MINUTE", "secret-word")
    monkeypatch.setenv("NOTIFICATIONS_ZONE", "secret-word")
    found = settings.wrong(embedded.settings_of(DataFolder(tmp_path), host="127.0.0.1", port=8080))
    assert {line.partition(":")[0] for line in found} == {"GATEWAY_RATE_PER_MINUTE", "NOTIFICATIONS_ZONE"}
    assert "secret-word" not in " ".join(found)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("shop.example", "http://shop.example:80"),
    ],
)
def test_the_address_is_one_that_a_person_can_open(host: str, address: str) -> None:
    assert address_of(host, 80) == address
