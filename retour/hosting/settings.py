"""Finds all wrong settings at once, each named as in the environment."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from retour.hosting.data_folder import PREFIX

PREFIXES: Final = frozenset({*PREFIX.values(), "GATEWAY"})
"""The prefixes of the services' settings."""


def wrong(makers: Mapping[str, Callable[[], Any]]) -> Sequence[str]:
    """`NAME: error` for every wrong setting; values are never repeated."""
    found: list[str] = []
    for prefix, make in makers.items():
        try:
            make()
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False):
                name = "_".join(str(part) for part in item["loc"]).upper()
                found.append(f"{prefix}_{name}: {item['msg']}" if name else f"{prefix}: {item['msg']}")
    return found


def missing(environment: Mapping[str, str]) -> Sequence[str]:
    """What the distributed mode needs and does not have: two URLs, or each service's own."""
    found: list[str] = []
    for whole, part, prefixes in (
        ("RETOUR_POSTGRES_URL", "DATABASE_URL", (*PREFIX.values(), "GATEWAY")),
        ("RETOUR_BROKER_URL", "BROKER_URL", tuple(PREFIX.values())),
    ):
        own = [f"{prefix}_{part}" for prefix in prefixes]
        away = [name for name in own if not environment.get(name)]
        if away and not environment.get(whole):
            found.append(f"{whole} ({', '.join(away)})")
    return found


POSTGRES: Final = ("postgresql", "postgres")
BROKER: Final = ("amqp", "amqps")
SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "RETOUR_POSTGRES_URL": POSTGRES,
    "RETOUR_BROKER_URL": BROKER,
    **{f"{prefix}_DATABASE_URL": (*POSTGRES, "sqlite") for prefix in sorted(PREFIXES)},
    **{f"{prefix}_BROKER_URL": BROKER for prefix in PREFIX.values()},
}
"""The schemes of the servers' addresses."""


def wrong_servers(environment: Mapping[str, str]) -> Sequence[str]:
    """`NAME: what it must be` for every wrong server address; addresses hold passwords."""
    return [
        f"{name}: expected {schemes[0]}://user:password@host:port/name"
        for name, schemes in SERVERS.items()
        if environment.get(name) and not _address(environment[name], schemes)
    ]


def _address(url: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(url)
        several = "," in parts.netloc.rpartition("@")[2]
        return parts.scheme in schemes and (several or parts.port is None or parts.port > 0)
    except ValueError:
        return False


NAMES_BEGIN: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""What PostgreSQL takes for a name as it is written, unquoted, and does not cut when a service's own name follows."""


def begins_names(prefix: str) -> bool:
    """Whether names of databases and roles can begin like this."""
    return NAMES_BEGIN.fullmatch(prefix) is not None
