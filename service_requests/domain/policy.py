"""The merchant's returns policy as versioned data: what it promises, in which regime, in both languages (R1.2, B04).

The version in force when the order was placed decides; a later edit never changes a past decision. The law's figures
are those of its articles; where the merchant gives more, the larger one stands here. Sources:
暂行办法 2–20, 消法 24, 25; Directives 2011/83/EU art. 9–16 and 2019/771; Regulation 1182/71 art. 3;
CCR 2013 reg. 29–35, CRA 2015 s. 20–24.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from service_requests.domain.clock import Calendar
from shared.kernel.errors import Said


class Fault(StrEnum):
    """Who answers for the reason of a return."""

    MERCHANT = "merchant"
    CARRIER = "carrier"
    CUSTOMER = "customer"


class Payer(StrEnum):
    """Who pays for sending back."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"


class Answer(StrEnum):
    """What a rule says."""

    YES = "yes"
    NO = "no"
    LOOK = "look"
    """A person must look."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why goods come back: who answers for it, who pays the way, whether a person must look (A05)."""

    code: str
    says: Said
    fault: Fault
    payer: Payer
    look: bool = False

    @property
    def change_of_mind(self) -> bool:
        """Nothing is wrong with the goods: the window without reason applies."""
        return self.fault is Fault.CUSTOMER


@dataclass(frozen=True, slots=True)
class Condition:
    """How the customer says the goods are. `answers` counts for a change of mind only; a fault takes any condition."""

    code: str
    says: Said
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Regime:
    """What one law and this merchant give together.

    Days count from the day after delivery in the calendar's zone. `statutory`: the change-of-mind window is a right.
    `rolls_over`: a last day on which nobody works ends on the next working day. A fault is accepted at once within
    `fault_days`, and by a person within `fault_look_days`. The way back costs the customer about `freight_minor`.
    """

    code: str
    calendar: Calendar
    window_days: int
    statutory: bool
    rolls_over: bool
    window_clause: str
    fault_days: int
    fault_look_days: int
    fault_clause: str
    ship_days: int
    currency: str
    freight_minor: int
    high_value_minor: int

    @property
    def ship_for(self) -> timedelta:
        """How long the customer has for sending, from the day of the approval."""
        return timedelta(days=self.ship_days)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the goods go, whom to ask (R2.3)."""

    warehouse: str
    recipient: str
    lines: tuple[str, ...]
    contact: str
    phone: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy, complete."""

    version: str
    effective_from: datetime
    regimes: Mapping[str, Regime]
    reasons: Mapping[str, Reason]
    conditions: Mapping[str, Condition]
    alternatives: Mapping[str, Said]
    alternatives_by_rule: Mapping[str, tuple[str, ...]]
    transit_buffer_days: int
    object_days: int
    address: Address
    carriers: tuple[str, ...]

    @property
    def object_for(self) -> timedelta:
        """How long a refusal can be objected to."""
        return timedelta(days=self.object_days)


def _by_code(*things: Reason) -> Mapping[str, Reason]:
    return {thing.code: thing for thing in things}


_M, _K, _C = Fault.MERCHANT, Fault.CARRIER, Fault.CUSTOMER
_OURS, _THEIRS = Payer.MERCHANT, Payer.CUSTOMER
_YES, _NO, _LOOK = Answer.YES, Answer.NO, Answer.LOOK

REASONS: Final = _by_code(
    Reason("changed_mind", Said("I changed my mind", "不想要了"), _C, _THEIRS),
    Reason("does_not_fit", Said("It does not fit", "尺码或规格不合适"), _C, _THEIRS),
    Reason("ordered_by_mistake", Said("I ordered it by mistake", "拍错了"), _C, _THEIRS),
    Reason("defective", Said("It is faulty or does not work", "商品有故障或质量问题"), _M, _OURS),
    Reason("wrong_item", Said("I received something else", "发错商品"), _M, _OURS),
    Reason("not_as_described", Said("It is not as described", "与描述不符"), _M, _OURS),
    Reason("missing_parts", Said("Parts are missing", "缺少配件"), _M, _OURS),
    Reason("damaged_in_transit", Said("It was damaged on the way", "运输途中损坏"), _K, _OURS),
    Reason("arrived_late", Said("It arrived too late", "送达太晚"), _K, _OURS),
    Reason("unsafe", Said("I think it is not safe", "存在安全隐患"), _M, _OURS, look=True),
    Reason("other", Said("Another reason", "其他原因"), _C, _THEIRS, look=True),
)

CONDITIONS: Final[Mapping[str, Condition]] = {
    condition.code: condition
    for condition in (
        Condition(
            "unopened",
            Said("Unopened", "未拆封"),
            {"CN": _YES, "EU": _YES, "UK": _YES, "US": _YES},
        ),
        Condition(
            "opened",
            Said("Opened or tried on", "已拆封或试用"),
            {"CN": _YES, "EU": _YES, "UK": _YES, "US": _YES},
        ),
        Condition("used", Said("Used", "已使用"), {"CN": _LOOK, "EU": _LOOK, "UK": _LOOK, "US": _LOOK}),
        Condition("damaged", Said("Damaged", "已损坏"), {"CN": _NO, "EU": _LOOK, "UK": _LOOK, "US": _NO}),
    )
}

ALTERNATIVES: Final[Mapping[str, Said]] = {
    "exchange": Said(
        "We can look into an exchange for another size or model.", "我们可以为您协商换货（其他尺码或型号）。"
    ),
    "repair": Said("We can offer a repair or an inspection by the manufacturer.", "我们可以为您安排维修或厂家检测。"),
    "fault_claim": Said(
        "If something is wrong with the goods, please ask again with that reason: the longer warranty period applies.",
        "如果商品存在问题，请选择相应原因重新申请：适用更长的质量保证期。",
    ),
    "partial_refund": Said(
        "We can look into a part of the price while you keep the goods.", "我们可以协商保留商品并退还部分款项。"
    ),
    "none_feasible": Said(
        "We see no alternative for this case; a person will explain it to you.",
        "此情况暂无可行的替代方案，客服人员会向您说明。",
    ),
}

_REGIMES: Final = (
    Regime(
        code="CN",
        calendar=Calendar("Asia/Shanghai"),
        window_days=7,
        statutory=True,
        rolls_over=True,
        window_clause="R2.2; 消法 25, 暂行办法 10, 民法典 203",
        fault_days=15,
        fault_look_days=730,
        fault_clause="R2.2; 消法 24, 三包规定",
        ship_days=15,
        currency="CNY",
        freight_minor=1_200,
        high_value_minor=500_000,
    ),
    Regime(
        code="EU",
        calendar=Calendar("Europe/Berlin"),
        window_days=14,
        statutory=True,
        rolls_over=True,
        window_clause="R2.2; CRD 2011/83 art. 9, Reg. 1182/71 art. 3(4)",
        fault_days=730,
        fault_look_days=730,
        fault_clause="R2.2; Dir. 2019/771 art. 10",
        ship_days=14,
        currency="EUR",
        freight_minor=495,
        high_value_minor=60_000,
    ),
    Regime(
        code="UK",
        calendar=Calendar("Europe/London"),
        window_days=14,
        statutory=True,
        rolls_over=False,
        window_clause="R2.2; CCR 2013 reg. 30",
        fault_days=30,
        fault_look_days=2_190,
        fault_clause="R2.2; CRA 2015 s. 22, 24",
        ship_days=14,
        currency="GBP",
        freight_minor=395,
        high_value_minor=50_000,
    ),
    Regime(
        code="US",
        calendar=Calendar("America/New_York"),
        window_days=30,
        statutory=False,
        rolls_over=False,
        window_clause="R1.2; merchant policy",
        fault_days=30,
        fault_look_days=365,
        fault_clause="R1.2; merchant policy",
        ship_days=30,
        currency="USD",
        freight_minor=795,
        high_value_minor=60_000,
    ),
)

FIRST: Final = Policy(
    version="2026-01",
    effective_from=datetime(2000, 1, 1, tzinfo=UTC),
    regimes={regime.code: regime for regime in _REGIMES},
    reasons=REASONS,
    conditions=CONDITIONS,
    alternatives=ALTERNATIVES,
    alternatives_by_rule={
        "change_of_mind_window": ("fault_claim", "exchange"),
        "fault_window": ("repair",),
        "excluded_goods": ("fault_claim", "exchange"),
        "condition": ("partial_refund", "repair"),
        "person": ("exchange", "repair"),
    },
    transit_buffer_days=7,
    object_days=14,
    address=Address(
        warehouse="WH-1",
        recipient="Retour Returns Centre",
        lines=("1 Returns Road, Building 2", "Suzhou 215000, Jiangsu", "China"),
        contact="Returns desk",
        phone="+86 512 0000 0000",
    ),
    carriers=("SF Express", "China Post EMS", "DHL"),
)

POLICIES: Final = (FIRST,)
"""Every version there has been, oldest first."""


def in_force(at: datetime) -> Policy:
    """The version in force at that moment."""
    return [policy for policy in POLICIES if policy.effective_from <= at][-1]


def known_as(version: str) -> Policy:
    """The version with this name; a past decision names the one it was made by."""
    return next(policy for policy in POLICIES if policy.version == version)
