"""A merchant's returns policy: versioned, with effective dates, as tables of rows (R1.2).

Of several rows with the same subject, the first row whose `when` holds applies. A row marked `beyond_law` limits only
what the policy gives beyond the law. Where a policy has no row, the law decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Protocol, TypeVar

from service_requests.domain.policy.canonical import ADDED, sha256_of
from service_requests.domain.policy.condition import Fact, FactValues, When
from service_requests.domain.policy.rates import Rates
from service_requests.domain.policy.sentences import OR, listed, name
from service_requests.domain.policy.term import RefundClock, Retention, Window
from service_requests.domain.policy.vocabulary import (
    Cause,
    Fault,
    Goods,
    LawClass,
    Mode,
    Offer,
    OutboundFreight,
    Payer,
    Proof,
    Remedy,
    Role,
    State,
    TenderOrder,
)
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.period import Period

A_FORTNIGHT: Final = Period(14)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why goods come back, and who answers for the reason (A05). With `person`, a person reads the request first."""

    code: str
    says: Said
    fault: Fault
    person: bool = False

    @property
    def cause(self) -> Cause:
        """The body of rights of this reason."""
        return Cause.of(self.fault)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of goods. Rows for the parent category apply to the category as well."""

    code: str
    says: Said
    law_class: LawClass = LawClass.GENERAL
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class WindowRow:
    """How long goods may come back."""

    id: str
    when: When
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRow:
    """Goods that do not come back without a reason: of this kind, or everything for which the condition holds."""

    id: str
    when: When
    goods: Goods | None
    needs_confirmation: bool
    beyond_law: bool
    says: Said | None


@dataclass(frozen=True, slots=True)
class IntactRow:
    """States in which goods are not taken back without a reason."""

    id: str
    when: When
    states: frozenset[State]
    beyond_law: bool


@dataclass(frozen=True, slots=True)
class ProofRow:
    """What has to be shown before the request can be decided."""

    id: str
    when: When
    required: tuple[Proof, ...]
    beyond_law: bool


@dataclass(frozen=True, slots=True)
class FreightRow:
    """Who pays for sending back, and about how much."""

    id: str
    when: When
    cause: Cause
    payer: Payer
    amount: Money | None


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A restocking fee in hundredths of a percent of the goods' net price."""

    id: str
    when: When
    cause: Cause
    basis_points: int
    beyond_law: bool


@dataclass(frozen=True, slots=True)
class RefundRow:
    """How soon the money goes back."""

    id: str
    when: When
    clock: RefundClock


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """How discounts are shared on a part return."""

    id: str
    when: When
    mode: Mode


@dataclass(frozen=True, slots=True)
class OutboundRow:
    """What becomes of the outbound freight."""

    id: str
    when: When
    cause: Cause
    whole: OutboundFreight
    part: OutboundFreight


@dataclass(frozen=True, slots=True)
class AlternativeRow:
    """The offers after a refusal by one of these rules."""

    id: str
    when: When
    instead_of: frozenset[str]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Units at which a person looks before they are accepted."""

    id: str
    when: When
    says: Said


@dataclass(frozen=True, slots=True)
class GoodwillRow:
    """What a role may give beyond every right; above `second_above` a second person agrees (B09)."""

    role: Role
    up_to: Money
    days_late: int
    second_above: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """Where goods go back to: address, contact and carriers of a confirmation (R2.3, C06)."""

    id: str
    when: When
    recipient: str
    lines: tuple[str, ...]
    contact: str
    phone: str
    carriers: tuple[str, ...]
    collect_on_delivery: bool


@dataclass(frozen=True, slots=True)
class Promises:
    """How fast the merchant decides, and how long a customer may object (R2.1, R2.5). Hours are working hours."""

    decide_hours: int | None = None
    send_back: Period | None = None
    object_within: Period = A_FORTNIGHT
    warn_at: tuple[int, ...] = (50, 80)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One complete version. A policy without a `calendar` uses the working time of each regime."""

    id: str
    version: str
    effective_from: date
    effective_until: date | None
    title: Said
    merchant: str
    regimes: tuple[str, ...]
    calendar: str | None
    currency: str
    transit_buffer_days: int
    categories: Mapping[str, Category]
    channels: tuple[str, ...]
    segments: tuple[str, ...]
    reasons: Mapping[str, Reason]
    remedies: tuple[Remedy, ...]
    promises: Promises
    addresses: tuple[AddressRow, ...]
    windows: tuple[WindowRow, ...] = ()
    exclusions: tuple[ExclusionRow, ...] = ()
    waived_exclusions: frozenset[Goods] = frozenset()
    intact: tuple[IntactRow, ...] = ()
    waived_states: frozenset[State] = frozenset()
    proofs: tuple[ProofRow, ...] = ()
    freight: tuple[FreightRow, ...] = ()
    fees: tuple[FeeRow, ...] = ()
    refunds: tuple[RefundRow, ...] = ()
    promotions: tuple[PromotionRow, ...] = ()
    outbound: tuple[OutboundRow, ...] = ()
    alternatives: tuple[AlternativeRow, ...] = ()
    persons: tuple[PersonRow, ...] = ()
    goodwill: tuple[GoodwillRow, ...] = ()
    retention: tuple[Retention, ...] = ()
    tender_order: TenderOrder = field(default=TenderOrder.PROPORTIONAL, metadata=ADDED)
    rates: Rates | None = field(default=None, metadata=ADDED)

    @property
    def name(self) -> str:
        """The name of the version in decisions and orders."""
        return f"{self.id}@{self.version}"

    @cached_property
    def sha256(self) -> str:
        """The digest of the content, computed once."""
        return sha256_of(self)

    @cached_property
    def compares_amounts(self) -> bool:
        """Whether a row compares an amount with a bound in the currency of the policy."""
        rows = (row for table in CONDITIONED for row in getattr(self, table))
        return any(row.when.tests_amounts and not row.when.in_its_currency for row in rows)

    @cached_property
    def looks_by_amount(self) -> tuple[PersonRow, ...]:
        """The rows by which a person looks from an amount on in a currency of their own."""
        return tuple(row for row in self.persons if row.when.tests_amounts and row.when.in_its_currency)

    @cached_property
    def looked_at_in(self) -> frozenset[str]:
        """The currencies that these rows name."""
        return frozenset(word for row in self.looks_by_amount for word in row.when.words(Fact.CURRENCY))

    def governs(self, day: date) -> bool:
        """Whether the policy is in force on that day."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)

    def category_and_parents(self, code: str | None) -> frozenset[str]:
        """The category with all its parents."""
        found: set[str] = set()
        while code is not None and code in self.categories and code not in found:
            found.add(code)
            code = self.categories[code].parent
        return frozenset(found)

    def law_class(self, code: str | None) -> LawClass:
        """The class by which the law tests such goods: of the category, else of the nearest parent with a class."""
        seen: set[str] = set()
        while code is not None and code in self.categories and code not in seen:
            seen.add(code)
            category = self.categories[code]
            if category.law_class is not LawClass.GENERAL:
                return category.law_class
            code = category.parent
        return LawClass.GENERAL


CONDITIONED: Final = (
    "windows", "exclusions", "intact", "proofs", "freight", "fees", "refunds", "promotions", "outbound",
    "alternatives", "persons", "addresses",
)  # fmt: skip
"""The tables whose rows have a condition."""


class Row(Protocol):
    """A row with a condition."""

    @property
    def id(self) -> str: ...

    @property
    def when(self) -> When: ...


R = TypeVar("R", bound=Row)


def excluded_goods(policy: Policy, row: ExclusionRow) -> Said:
    """The goods of an exclusion for people: its kind, else the categories that its condition names."""
    if row.goods is not None:
        return name(row.goods)
    named = [
        policy.categories[word].says for word in sorted(row.when.words(Fact.CATEGORY)) if word in policy.categories
    ]
    whole = not row.when.may_be(Fact.CATEGORY, "") and bool(named)
    return listed(named, last=OR) if whole else Said("these goods", "此类商品")


def first_matching(rows: Iterable[R], values: FactValues) -> R | None:
    """The first row that applies."""
    return next((row for row in rows if row.when.holds(values)), None)


def policy_in_force(policies: Sequence[Policy], day: date) -> Policy | None:
    """The version in force on that day; of several versions the one that began last."""
    return max(
        (policy for policy in policies if policy.governs(day)), key=lambda policy: policy.effective_from, default=None
    )
