"""One operation of a service: its method and path, who may use it, and what makes a repeated call harmless (O01)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kernel.principal import Kind, Principal, Role


class Service(StrEnum):
    """The services behind the gateway."""

    REQUESTS = "requests"
    INSPECTION = "inspection"
    REFUNDS = "refunds"
    NOTIFICATIONS = "notifications"


class Repeat(StrEnum):
    """What makes a repeated call harmless."""

    SAFE = "safe"
    """It changes nothing."""
    KEY = "key"
    """An `Idempotency-Key` header; without one, 400."""
    BODY = "body"
    """An id in the body (`client_event_id`), as scanners send."""
    NATURAL = "natural"
    """Repeating it says the same again; a key is honoured where one is sent."""


class VersionNeeded(StrEnum):
    """Who names in `If-Match` the version that is replaced, so that nobody overwrites unseen what another wrote."""

    BY_NOBODY = "by_nobody"
    """`If-Match` is heeded where it is sent."""
    BY_STAFF = "by_staff"
    """People of the staff. A system passes on what it knows, and a customer writes what is her own."""
    BY_ALL = "by_all"
    """Every caller."""


CUSTOMER = frozenset({Role.CUSTOMER})
AGENTS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
DOCK = frozenset({Role.DEVICE, Role.WAREHOUSE})
MONEY = frozenset({Role.FINANCE, Role.ADMIN, Role.AUDITOR})
SHOP = frozenset({Role.STOREFRONT})
STAFF = frozenset({Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE, Role.FINANCE, Role.ADMIN, Role.AUDITOR, Role.OPERATOR})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
PUBLIC: frozenset[Role] = frozenset()


MOST_WHOLE: Final = 10_000_000
"""How many bytes a body may have that is held in memory as a whole, whatever the operation says."""
MOST_STREAMED: Final = 1_000_000_000
"""How many bytes a body may have that is passed on as it comes, whatever the operation says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. A system key needs `scope` besides the role; people and scanners do not.

    No roles: anybody, known or not, and the same answer for all.
    `version_needed`: who gets 428 without an `If-Match` when the object exists (RFC 6585 3).
    `body_limit` in bytes takes the place of the limit that every other operation has.
    `streamed_body`: the body is passed on as it comes, and has a Content-Length; the operation reads `Call.parts`.
    `streamed_answer`: the answer may take as long as it moves, and ends when the caller leaves.
    """

    method: str
    path: str
    service: Service
    roles: frozenset[Role]
    scope: str
    repeat: Repeat = Repeat.SAFE
    version_needed: VersionNeeded = VersionNeeded.BY_NOBODY
    body_limit: int | None = None
    streamed_body: bool = False
    streamed_answer: bool = False

    def __post_init__(self) -> None:
        """Check that the bounds can be kept. Raises `ValueError`."""
        most = MOST_STREAMED if self.streamed_body else MOST_WHOLE
        if self.streamed_body and (self.body_limit is None or self.streamed_answer):
            raise ValueError(f"{self.path}: a streamed body has a limit and an answer that is not streamed")
        if self.body_limit is not None and not 0 < self.body_limit <= most:
            raise ValueError(f"{self.path}: a body of 1 to {most} bytes")

    @property
    def public(self) -> bool:
        """Whether unknown callers may use the operation."""
        return not self.roles

    def admits(self, principal: Principal) -> bool:
        """Whether this caller may use the operation at all."""
        if self.public:
            return True
        if not principal.is_any(*self.roles):
            return False
        return principal.kind is not Kind.SYSTEM or self.scope in principal.scopes

    def needs_version(self, principal: Principal) -> bool:
        """Whether this caller has to name the version that is replaced."""
        match self.version_needed:
            case VersionNeeded.BY_NOBODY:
                return False
            case VersionNeeded.BY_STAFF:
                return principal.kind is Kind.STAFF
            case VersionNeeded.BY_ALL:
                return True


Row = (
    tuple[str, str, frozenset[Role], str]
    | tuple[str, str, frozenset[Role], str, Repeat]
    | tuple[str, str, frozenset[Role], str, Repeat, VersionNeeded]
)
"""Method, path, roles, scope; what makes a repeated call harmless where the operation changes something, and who names
the version where it replaces what several people edit.
"""


def rows(service: Service, *table: Row) -> tuple[Operation, ...]:
    """The operations of one service from their table."""
    return tuple(_operation(service, row) for row in table)


def _operation(service: Service, row: Row) -> Operation:
    method, path, roles, scope, *more = row
    repeat = next((each for each in more if isinstance(each, Repeat)), Repeat.SAFE)
    needed = next((each for each in more if isinstance(each, VersionNeeded)), VersionNeeded.BY_NOBODY)
    return Operation(
        method=method, path=path, service=service, roles=roles, scope=scope, repeat=repeat, version_needed=needed
    )
