"""Why a server cannot be used: each way has its sentence in both languages and its exit status."""

import ssl

import asyncpg
import pytest

from retour.exit_status import ExitStatus
from retour.hosting import servers
from shared.kernel.errors import Unavailable
from shared.messaging.amqp_address import NoAmqpServer, Refusal


def caused(cause: Exception) -> Unavailable:
    error = Unavailable("broker (words)")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError("refused"), servers.NO_POSTGRES),
        (TimeoutError(), servers.NO_POSTGRES),
        (asyncpg.TooManyConnectionsError("too many"), servers.NO_POSTGRES),
        (asyncpg.CannotConnectNowError("starting up"), servers.NO_POSTGRES),
        (asyncpg.InvalidPasswordError("wrong"), servers.NO_SUCH_USER),
        (asyncpg.InvalidAuthorizationSpecificationError("nobody"), servers.NO_SUCH_USER),
        (asyncpg.InvalidCatalogNameError("nowhere"), servers.NO_SUCH_DATABASE),
        (asyncpg.InsufficientPrivilegeError("no"), servers.NO_RIGHT),
        (asyncpg.UndefinedObjectError("no parameter"), servers.NO_ADDRESS),
        (asyncpg.InterfaceError("no sslmode"), servers.NO_ADDRESS),
        (UnicodeError("too long"), servers.NO_ADDRESS),
        (ConnectionError(f"it {servers.NOT_TLS}"), servers.NO_POSTGRES_THERE),
        (ssl.SSLError("certificate"), servers.NO_POSTGRES_THERE),
    ],
)
def test_what_keeps_us_from_postgresql_has_its_reason(error: Exception, reason: servers.Reason) -> None:
    assert servers.reason_of(error) is reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unavailable("broker (the connection was lost)"), servers.NO_BROKER),
        (Refusal("broker (320 CONNECTION_FORCED)", 320), servers.NO_BROKER),
        (Refusal("broker (403 ACCESS_REFUSED)", 403), servers.NO_BROKER_USER),
        (Refusal("broker (530 NOT_ALLOWED)", 530), servers.NO_VIRTUAL_HOST),
        (NoAmqpServer("broker (not understood)"), servers.NO_BROKER_THERE),
        (caused(ssl.SSLError("wrong version")), servers.NO_BROKER_THERE),
        (caused(UnicodeError("too long")), servers.NO_BROKER_ADDRESS),
        (caused(ConnectionRefusedError("refused")), servers.NO_BROKER),
    ],
)
def test_what_keeps_us_from_the_broker_has_its_reason(error: Unavailable, reason: servers.Reason) -> None:
    assert servers.broker_reason_of(error) is reason


REASONS = {name: reason for name, reason in vars(servers).items() if isinstance(reason, servers.Reason)}


@pytest.mark.parametrize("name", REASONS)
def test_every_reason_says_where_why_and_what_to_do_in_one_line_of_either_language(name: str) -> None:
    trouble = REASONS[name].trouble("db:5432", "its words", ["A_URL", "B_URL"])
    for language in ("en", "zh-CN"):
        said = trouble.say(language)
        assert all(part in said for part in ("db:5432", "its words", "A_URL, B_URL")), said
        assert "\n" not in said
    assert trouble.ending in (ExitStatus.AWAY, ExitStatus.SETTINGS)
    assert (trouble.ending is ExitStatus.AWAY) is (REASONS[name] in (servers.NO_POSTGRES, servers.NO_BROKER))
