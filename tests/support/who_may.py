"""Reads the table of who may do what at the edge, which people have written, and the callers that it speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.contracts.operations import Repeat, Service
from shared.kernel.principal import Kind, Role

FILE: Final = Path(__file__).parents[1] / "data/who_may.txt"

CALLERS: Final[Mapping[str, tuple[Kind, Role]]] = {
    "customer": (Kind.CUSTOMER, Role.CUSTOMER),
    "agent": (Kind.STAFF, Role.AGENT),
    "supervisor": (Kind.STAFF, Role.SUPERVISOR),
    "warehouse": (Kind.STAFF, Role.WAREHOUSE),
    "finance": (Kind.STAFF, Role.FINANCE),
    "operator": (Kind.STAFF, Role.OPERATOR),
    "auditor": (Kind.STAFF, Role.AUDITOR),
    "admin": (Kind.STAFF, Role.ADMIN),
    "scanner": (Kind.DEVICE, Role.DEVICE),
    "shop": (Kind.SYSTEM, Role.STOREFRONT),
}
"""The columns of the table: what kind of caller has this role."""

STAFF: Final = tuple(name for name, (kind, _) in CALLERS.items() if kind is Kind.STAFF)

REPEATS: Final[Mapping[str, Repeat | None]] = {
    "safe": Repeat.SAFE,
    "key": Repeat.KEY,
    "body": Repeat.BODY,
    "same": Repeat.NATURAL,
    "-": None,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation. `path` has {} for every id; no caller is named where everybody may."""

    method: str
    path: str
    may: frozenset[str]
    everybody: bool
    scope: str | None
    for_keys: bool
    """Whether a key can have the scope."""
    repeat: Repeat | None
    service: Service | None
    """None is the gateway itself."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may."""
        return frozenset(CALLERS[name][1] for name in self.may)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of callers that may."""
        return frozenset(CALLERS[name][0] for name in self.may)


def rows() -> Sequence[Row]:
    """The table, the rows of operations once for each service."""
    lines = [line for line in FILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    assert lines[0].split() == ["operation", *CALLERS, "key", "repeat", "service"]
    return [row for line in lines[1:] for row in _read(line)]


def _read(line: str) -> Sequence[Row]:
    method, path, *marks, scope, repeat, service = line.split()
    everybody = marks == ["everybody"]
    assert everybody or len(marks) == len(CALLERS), line
    assert everybody or set(marks) <= {"x", "."}, line
    may = (
        frozenset() if everybody else frozenset(name for name, mark in zip(CALLERS, marks, strict=True) if mark == "x")
    )
    services = list(Service) if service == "each" else [None if service == "gateway" else Service(service)]
    return [
        Row(
            method,
            path if each is None else path.replace("{service}", each),
            may,
            everybody,
            None if scope == "-" else scope.strip("()"),
            scope != "-" and not scope.startswith("("),
            REPEATS[repeat],
            each,
        )
        for each in services
    ]
