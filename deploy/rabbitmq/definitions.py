"""Turns the environment file on standard input into RabbitMQ's definitions: who there is, who may do what."""

import base64
import hashlib
import json
import os
import sys
from typing import Final

VHOST: Final = "retour"
EXCHANGE: Final = "retour.events"
# Events that are given again to one service; the same nouns.
AGAIN: Final = "retour.again"
# The nouns each service may speak of: nobody but refunds can say that something was refunded.
SPEAKS_OF: Final = {
    "requests": "order|return",
    "inspection": "inspection",
    "refunds": "refund",
    "notifications": "message",
}
# The nouns that each system outside may read: from a stream of this name, and from queues of its own.
OUTSIDE: Final = {"finance": "refund", "returns": "return"}
# Everybody declares what all share.
COMMON: Final = r"retour\."


def hashed(password: str) -> str:
    """RabbitMQ's own form: a salt of four bytes, then the SHA-256 of salt and password."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def user(name: str, password: str, *tags: str) -> dict[str, object]:
    """An account whose secret cannot be read back from the file."""
    return {
        "name": name,
        "password_hash": hashed(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(tags),
    }


def names(name: str, *, configure: str, write: str, read: str) -> dict[str, str]:
    """Which queues and exchanges a user may touch, each a regular expression over their names."""
    return {"user": name, "vhost": VHOST, "configure": configure, "write": write, "read": read}


def topics(name: str, *, write: str, read: str, exchange: str = EXCHANGE) -> dict[str, str]:
    """Which events a user may publish and bind to, each a regular expression over their types."""
    return {"user": name, "vhost": VHOST, "exchange": exchange, "write": write, "read": read}


def definitions(secrets: dict[str, str]) -> dict[str, object]:
    """A user for each service, one that administers, and those of systems outside, which only read."""
    own = {service: rf"^({COMMON}|{service}\.)" for service in SPEAKS_OF}
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            user("admin", secrets["BROKER_ADMIN_PASSWORD"], "administrator"),
            *(user(service, secrets[f"{service.upper()}_BROKER_PASSWORD"]) for service in SPEAKS_OF),
            *(user(reader, secrets[f"{reader.upper()}_BROKER_PASSWORD"]) for reader in OUTSIDE),
        ],
        "permissions": [
            names("admin", configure=".*", write=".*", read=".*"),
            *(names(service, configure=mine, write=mine, read=mine) for service, mine in own.items()),
            *(
                names(
                    reader,
                    configure=rf"^{reader}\.",
                    write=rf"^{reader}\.",
                    read=rf"^(retour\.(events|{reader})$|{reader}\.)",
                )
                for reader in OUTSIDE
            ),
        ],
        "topic_permissions": [
            *(topics(service, write=rf"^({nouns})\.", read=".*") for service, nouns in SPEAKS_OF.items()),
            *(
                topics(service, write=rf"^({nouns})\.", read=rf"\.to\.{service}$", exchange=AGAIN)
                for service, nouns in SPEAKS_OF.items()
            ),
            *(topics(reader, write="^$", read=rf"^{noun}\.") for reader, noun in OUTSIDE.items()),
            *(topics(reader, write="^$", read="^$", exchange=AGAIN) for reader in OUTSIDE),
        ],
    }


def environment(text: str) -> dict[str, str]:
    """The assignments of a `.env` file."""
    lines = (line.strip() for line in text.splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


if __name__ == "__main__":
    json.dump(definitions(environment(sys.stdin.read())), sys.stdout, indent=2)
    print()
