"""Origins: where a web page comes from, written exactly as a browser writes it in the header `Origin` (S-20)."""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

MOST_ORIGINS: Final = 50
ORIGIN: Final = re.compile(r"(https?)://([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,39}\])(?::([1-9][0-9]{0,4}))?", re.ASCII)
LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""A host whose last part is a number is an IPv4 address to a browser."""
USUAL_PORTS: Final = {"http": "80", "https": "443"}
FORM: Final = (
    "{!r} is no exact origin such as https://shop.example or https://shop.example:8443: "
    "https, the host in small letters (xn--… for other letters), a port only where it is not the usual one, "
    "and nothing after it; no * and no null"
)
ONLY_HERE: Final = "{!r} needs https: http is for localhost and loopback addresses only"
TOO_MANY: Final = "{} origins; at most {}"


def origins(text: str) -> frozenset[str]:
    """The origins in a text, separated by commas; `ValueError` says which one is wrong and why."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    if len(named) > MOST_ORIGINS:
        raise ValueError(TOO_MANY.format(len(named), MOST_ORIGINS))
    return frozenset(map(_origin, named))


def _origin(text: str) -> str:
    match = ORIGIN.fullmatch(text)
    if match is None:
        raise ValueError(FORM.format(text[:100]))
    scheme, host, port = match.groups()
    if port == USUAL_PORTS[scheme] or int(port or 1) > 65_535 or not _as_browsers_write(host):
        raise ValueError(FORM.format(text[:100]))
    if scheme == "http" and not _is_here(host):
        raise ValueError(ONLY_HERE.format(text[:100]))
    return text


def _as_browsers_write(host: str) -> bool:
    """Whether a browser writes this host in the same way. Otherwise the origin would never be equal to a page's."""
    address = _address(host)
    if address is not None:
        return host == (str(address) if address.version == 4 else f"[{address}]")
    labels = host.split(".")
    return all(map(LABEL.fullmatch, labels)) and NUMBER.fullmatch(labels[-1]) is None


def _is_here(host: str) -> bool:
    address = _address(host)
    return address.is_loopback if address is not None else host.rpartition(".")[2] == "localhost"


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv6Address(host[1:-1]) if host.startswith("[") else IPv4Address(host)
    except ValueError:
        return None
