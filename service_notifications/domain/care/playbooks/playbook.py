"""The values that a playbook is made of, and the facts that a special case is recognised by (N4, K11)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final

from service_notifications.domain.care.listening.signal import Signal
from service_notifications.domain.care.text.phrase_set import PhraseSet
from shared.kernel.errors import Said
from shared.kernel.principal import Role

ADULT: Final = 18
TIMES_TO_TRY: Final = 3
NO_WORDS: Final = PhraseSet()


class TimeUnit(StrEnum):
    """The unit of a time limit. Working units follow the company's calendar."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A number of hours or days from the moment when the case was recognised."""

    count: int
    unit: TimeUnit

    @property
    def at_least(self) -> timedelta:
        """The shortest duration of the limit, by which deadlines are sorted."""
        return timedelta(hours=self.count) if "hours" in self.unit else timedelta(days=self.count)


def hours(count: int) -> TimeLimit:
    """A limit in hours, day and night."""
    return TimeLimit(count, TimeUnit.HOURS)


def working_hours(count: int) -> TimeLimit:
    """A limit in hours of business."""
    return TimeLimit(count, TimeUnit.WORKING_HOURS)


def days(count: int) -> TimeLimit:
    """A limit in calendar days."""
    return TimeLimit(count, TimeUnit.DAYS)


def working_days(count: int) -> TimeLimit:
    """A limit in working days."""
    return TimeLimit(count, TimeUnit.WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must be done by when."""

    act: Said
    within: TimeLimit


class Remedy(StrEnum):
    """What may be offered."""

    REFUND = "refund"
    PART_REFUND = "part_refund"
    PRICE_DIFFERENCE = "price_difference"
    RETURNLESS_REFUND = "returnless_refund"
    REPLACEMENT = "replacement"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    SEND_BACK = "send_back"
    STORE_CREDIT = "store_credit"
    COMPENSATION = "compensation"
    GOODWILL = "goodwill"
    PICK_UP = "pick_up"


class DefaultOutcome(StrEnum):
    """The outcome when nobody decides otherwise."""

    ACCEPT = "accept"
    ASK_THEN_ACCEPT = "ask_then_accept"
    ASK_THEN_PERSON = "ask_then_person"
    PERSON_DECIDES = "person_decides"
    OFFER = "offer"
    RETURNLESS = "returnless"
    PRICE_DIFFERENCE = "price_difference"
    PAY_THEN_CLAIM = "pay_then_claim"
    HOLD = "hold"
    EXTEND = "extend"
    AS_EVER = "as_ever"


class Urgency(IntEnum):
    """The order in which cases are shown."""

    AT_ONCE = 0
    TODAY = 1
    NORMAL = 2


@dataclass(frozen=True, slots=True)
class PlaybookTrigger:
    """A fact of the case that calls for the playbook, with the reason."""

    fact: str
    why: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """One special case. Its remedies are offered in addition to law and policy and never reduce them."""

    number: int
    id: str
    title: Said
    principle: Said
    handling: Said
    default: DefaultOutcome
    owner: Role
    deadlines: tuple[Deadline, ...]
    remedies: tuple[Remedy, ...]
    script: Said
    urgency: Urgency = Urgency.NORMAL
    approval: Role | None = None
    never: Said | None = None
    triggers: tuple[PlaybookTrigger, ...] = ()
    signals: tuple[Signal, ...] = ()
    words: PhraseSet = NO_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialCaseFacts:
    """The known facts of a case. No field says who the customer is, so no right can depend on it (R4).

    `days_past_window` counts days, `buyer_age` years, `earlier_complaints` and `failed_attempts` times. Unknown counts
    as "no".
    """

    days_past_window: int | None = None
    no_proof: bool = False
    opened: bool = False
    intact: bool | None = None
    used: bool = False
    missing_parts: tuple[str, ...] = ()
    strange_item: bool = False
    empty_parcel: bool = False
    lost_on_way_back: bool = False
    damaged_on_way_back: bool = False
    damaged_at_dock: bool = False
    merchant_fault: bool = False
    hazard: bool = False
    perishable_or_hygiene: bool = False
    made_to_order: bool = False
    large_or_installed: bool = False
    price_dropped: bool = False
    promotion: bool = False
    whole_order: bool = True
    gift: bool = False
    payment_dead: bool = False
    abroad: bool = False
    risk_flags: frozenset[str] = frozenset()
    refused_delivery: bool = False
    public_complaint: bool = False
    needs_care: bool = False
    buyer_age: int | None = None
    force_majeure: bool = False
    system_error: bool = False
    legal_hold: bool = False
    inspection_disputed: bool = False
    earlier_complaints: int = 0
    complains_now: bool = False
    very_high_value: bool = False
    failed_attempts: int = 0
    good_cause: bool = False

    @property
    def is_past_window(self) -> bool:
        return (self.days_past_window or 0) > 0

    @property
    def is_opened_and_intact(self) -> bool:
        return self.opened and self.intact is True and not self.used

    @property
    def is_part_of_promotion(self) -> bool:
        return self.promotion and not self.whole_order

    @property
    def minor(self) -> bool:
        return self.buyer_age is not None and self.buyer_age < ADULT

    @property
    def is_repeated_complaint(self) -> bool:
        return self.complains_now and self.earlier_complaints > 0

    @property
    def is_unreachable(self) -> bool:
        return self.failed_attempts >= TIMES_TO_TRY
