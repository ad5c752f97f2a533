"""The address of a broker, the account that connects, and the two ways in which a broker can refuse."""

import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from shared.kernel.errors import Unavailable

PORTS: Final = {"amqp": 5672, "amqps": 5671}


class Refusal(Unavailable):
    """The broker answers and refuses; `reply` is AMQP's code: 403 for the account, 530 for the virtual host."""

    def __init__(self, what: str, reply: int) -> None:
        super().__init__(what)
        self.reply = reply


class NoAmqpServer(Unavailable):
    """The server that answers does not use AMQP 0-9-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address of a broker, and the account that connects."""

    host: str
    port: int
    user: str
    password: str
    virtual_host: str
    tls: ssl.SSLContext | None


def address_of(url: str) -> Address:
    """The parts of `amqp[s]://user:password@host:port/vhost`; the query may name `cafile`, `certfile`, `keyfile`."""
    parts = urlsplit(url)
    tls = None
    if parts.scheme == "amqps":
        files = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        tls = ssl.create_default_context(cafile=files.get("cafile"))
        if "certfile" in files:
            tls.load_cert_chain(files["certfile"], files.get("keyfile"))
    return Address(
        host=parts.hostname or "localhost",
        port=parts.port or PORTS.get(parts.scheme, PORTS["amqp"]),
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path.removeprefix("/")) or "/",
        tls=tls,
    )
