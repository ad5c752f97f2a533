"""A case: the facts of the order and of the request, and the information and promises given to the customer."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from service_requests.domain.eligibility.window import EXPLAINED_BEFORE_CONTRACT, Explained, Parcel
from service_requests.domain.policy.canonical import ADDED
from service_requests.domain.policy.vocabulary import Goods, Proof, Remedy, Role, State
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.places import ShipTo


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The buyer confirmed at the purchase that such goods do not come back. A default tick is no consent."""

    goods: Goods
    at: datetime
    by_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnit:
    """One piece of the request, or several equal pieces (`pieces`).

    `taken` names the remedy that the unit already has: a unit has at most one remedy (B14).
    """

    written_as: ClassVar = "Unit"

    id: str
    reason: str
    wish: Remedy | None = None
    states: frozenset[State] = frozenset()
    proofs: frozenset[Proof] = frozenset()
    failed_repairs: int = 0
    taken: Remedy | None = None
    serial_differs: bool = False
    pieces: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One order line with the units of the request; `unit_paid` is the price of one unit after discounts."""

    written_as: ClassVar = "Line"

    id: str
    sku: str
    category: str | None
    unit_paid: Money
    units: tuple[CaseUnit, ...]
    goods: frozenset[Goods] = frozenset()
    confirmations: tuple[Confirmation, ...] = ()
    parcels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InformationGiven:
    """The recorded information that the customer was given."""

    written_as: ClassVar = "Told"

    withdrawal: Explained = EXPLAINED_BEFORE_CONTRACT
    freight_before_contract: bool = True
    freight_at_approval: bool = False
    promotion_mode: bool = False
    return_address_given: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to this customer. The merchant keeps every promise (N3.4). Without lines it covers all lines."""

    id: str
    until: date
    remedies: tuple[Remedy, ...] = (Remedy.REFUND,)
    lines: frozenset[str] = frozenset()
    free_freight: bool = False


@dataclass(frozen=True, slots=True)
class CaseGoodwill:
    """A person gives more than the customer's rights, with a reason and within the limits of the role (B09)."""

    written_as: ClassVar = "Goodwill"

    role: Role
    reason: str
    lines: frozenset[str] = frozenset()
    second_person: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that a person should look. A signal has a sentence and can only add a human step (B13)."""

    code: str
    says: Said


@dataclass(frozen=True, slots=True)
class Progress:
    """What has happened since the request, for the refund clock. `collects`: the merchant collects the goods."""

    sent_at: datetime | None = None
    goods_in_at: datetime | None = None
    agreed_at: datetime | None = None
    collects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The whole case. `stated_at` is the moment of the customer's statement; the parcel may follow later (D01)."""

    regime: str
    currency: str
    channel: str
    segment: str
    ordered_at: datetime
    stated_at: datetime
    lines: tuple[CaseLine, ...]
    parcels: tuple[Parcel, ...] = ()
    policy: str | None = None
    consumer: bool = True
    told: InformationGiven = InformationGiven()
    promises: tuple[Promise, ...] = ()
    goodwill: CaseGoodwill | None = None
    signals: tuple[Signal, ...] = ()
    progress: Progress = Progress()
    wants_person: bool = False
    ship_to: ShipTo | None = field(default=None, metadata=ADDED)


def lines_of(given: Promise | CaseGoodwill, line: CaseLine) -> bool:
    """Whether the promise or the goodwill covers that line."""
    return not given.lines or line.id in given.lines
