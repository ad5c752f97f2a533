"""May these goods come back? Small rules, each answering yes, no because, or a person must look (R2.2, B10).

Every answer names its rule and clause, says one plain sentence in both languages and keeps the facts it used, so that
customer, agent and auditor read the same. Rules that do not apply say nothing. Nothing is refused for a missing date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from service_requests.domain.order import Line, Order
from service_requests.domain.policy import Answer, Condition, Policy, Reason, Regime
from shared.kernel.errors import Malformed, Said


class Outcome(StrEnum):
    """What becomes of the request as a whole."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    REFER = "refer"


class AnchorSource(StrEnum):
    """How we know when the goods arrived (B02)."""

    DELIVERED = "delivered"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of one order line."""

    line_id: str
    quantity: int
    reason: str
    condition: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule said about one line; `says` is the sentence itself, `facts` what it was judged by."""

    rule: str
    answer: Answer
    clause: str
    says: Said
    facts: Mapping[str, str]
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """What can be done instead (R1.4)."""

    code: str
    says: Said


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a request, with all its grounds. `statutory` names the lines that go back by legal right."""

    outcome: Outcome
    policy: str
    findings: tuple[Finding, ...]
    alternatives: tuple[Alternative, ...]
    statutory: frozenset[int]


class UnknownLine(Malformed):
    """The order has no such line."""

    code = "unknown_line"
    title = Said("The order has no such line", "订单中没有该商品行")
    detail = Said("The order has no line {line}.", "订单中没有商品行 {line}。")


class UnknownReason(Malformed):
    """A reason that the policy does not list."""

    code = "unknown_reason"
    title = Said("Unknown reason", "未知的退货原因")
    detail = Said("Choose one of: {allowed}.", "请选择：{allowed}。")


class UnknownCondition(Malformed):
    """A condition that the policy does not list."""

    code = "unknown_condition"
    title = Said("Unknown condition", "未知的商品状况")
    detail = Said("Choose one of: {allowed}.", "请选择：{allowed}。")


@dataclass(frozen=True, slots=True)
class Ask:
    """One line's question with everything a rule may look at."""

    policy: Policy
    regime: Regime
    order: Order
    line: Line
    wanted: Wanted
    reason: Reason
    condition: Condition
    value_minor: int
    at: datetime

    @property
    def anchor(self) -> tuple[date, AnchorSource]:
        """The day of delivery there; unknown, it is assumed from the order's date and the transit buffer (D16)."""
        if self.order.delivered_at is not None:
            return self.regime.calendar.day_of(self.order.delivered_at), AnchorSource.DELIVERED
        ordered = self.regime.calendar.day_of(self.order.ordered_at)
        return ordered + timedelta(days=self.policy.transit_buffer_days), AnchorSource.ASSUMED

    @property
    def today(self) -> date:
        """The day on which the customer says so; sending the parcel may follow."""
        return self.regime.calendar.day_of(self.at)

    def last_day(self, days: int) -> date:
        """The last day of a window of so many days, counted from the day after delivery."""
        last = self.anchor[0] + timedelta(days=days)
        return self.regime.calendar.working_day_from(last) if self.regime.rolls_over else last

    def days_facts(self, days: int) -> Mapping[str, str]:
        """What a window was judged by."""
        day, source = self.anchor
        return {
            "delivered_on": day.isoformat(),
            "delivery_date": source.value,
            "window_days": str(days),
            "last_day": self.last_day(days).isoformat(),
            "asked_on": self.today.isoformat(),
        }


class Rule(Protocol):
    """One question; None when it does not apply."""

    def __call__(self, ask: Ask) -> Finding | None: ...


def change_of_mind_window(ask: Ask) -> Finding | None:
    """Without a reason: within the window; after it no, but never no on an assumed date (D01, D03, D04, D16)."""
    if not ask.reason.change_of_mind:
        return None
    regime = ask.regime
    last = ask.last_day(regime.window_days)
    facts = ask.days_facts(regime.window_days)
    if ask.today <= last:
        said = Said(
            "You may return it until {last_day}: {window_days} days from the day after delivery.",
            "您可在 {last_day} 前（含当日）退货：自签收次日起 {window_days} 天。",
        )
        return _finding("change_of_mind_window", Answer.YES, regime.window_clause, said, facts)
    if ask.anchor[1] is AnchorSource.ASSUMED:
        said = Said(
            "We do not know the day of delivery; a person will look it up before we decide.",
            "我们没有签收日期记录，将由人工核实后再作决定。",
        )
        return _finding("change_of_mind_window", Answer.LOOK, regime.window_clause, said, facts)
    said = Said(
        "The {window_days} days for a change of mind ended on {last_day}.",
        "{window_days} 天无理由退货期已于 {last_day} 结束。",
    )
    return _finding("change_of_mind_window", Answer.NO, regime.window_clause, said, facts)


def fault_window(ask: Ask) -> Finding | None:
    """Something is wrong with the goods: accepted well beyond the change-of-mind window (B15)."""
    if ask.reason.change_of_mind:
        return None
    regime = ask.regime
    if ask.today <= ask.last_day(regime.fault_days):
        said = Said(
            "Goods with a fault may come back until {last_day}.", "存在问题的商品可在 {last_day} 前（含当日）退回。"
        )
        facts = ask.days_facts(regime.fault_days)
        return _finding("fault_window", Answer.YES, regime.fault_clause, said, facts)
    facts = ask.days_facts(regime.fault_look_days)
    if ask.today <= ask.last_day(regime.fault_look_days) or ask.anchor[1] is AnchorSource.ASSUMED:
        said = Said(
            "After so long a person looks whether repair, replacement or a refund is right.",
            "由于时间较长，将由人工判断适用维修、换货还是退款。",
        )
        return _finding("fault_window", Answer.LOOK, regime.fault_clause, said, facts)
    said = Said("The warranty period ended on {last_day}.", "质量保证期已于 {last_day} 结束。")
    return _finding("fault_window", Answer.NO, regime.fault_clause, said, facts)


def excluded_goods(ask: Ask) -> Finding | None:
    """Final sale binds only who confirmed it at that purchase, and never for faulty goods (暂行办法 7, 20; B05)."""
    if not ask.line.final_sale_confirmed or not ask.reason.change_of_mind:
        return None
    said = Said(
        "You confirmed at purchase that this item cannot be returned without a fault.",
        "您在购买时已确认该商品无质量问题不支持退货。",
    )
    facts = {"final_sale_confirmed": "true"}
    return _finding("excluded_goods", Answer.NO, "R2.2; 暂行办法 7, 20; CRD art. 16", said, facts)


_CONDITION_SAYS: Final[Mapping[Answer, Said]] = {
    Answer.YES: Said("The described condition is fine: {says_en}.", "所述商品状况符合要求：{says_zh}。"),
    Answer.LOOK: Said(
        "The described condition is “{says_en}”: a person will look at it with you.",
        "所述商品状况为“{says_zh}”，将由人工与您确认。",
    ),
    Answer.NO: Said(
        "Goods described as “{says_en}” cannot be returned for a change of mind.",
        "状况为“{says_zh}”的商品不支持无理由退货。",
    ),
}


def condition(ask: Ask) -> Finding | None:
    """Opening and trying never harm (暂行办法 8); a fault takes any condition."""
    if not ask.reason.change_of_mind:
        return None
    answer = ask.condition.answers[ask.regime.code]
    facts = {
        "condition": ask.condition.code,
        "says_en": ask.condition.says.en,
        "says_zh": ask.condition.says.zh,
    }
    return _finding("condition", answer, "R2.2; 暂行办法 8, 9; CRD art. 14(2)", _CONDITION_SAYS[answer], facts)


def reason_needs_a_person(ask: Ask) -> Finding | None:
    """Some reasons are listened to before they are decided."""
    if not ask.reason.look:
        return None
    said = Said("A person will read what you wrote about it.", "客服人员会查看您的说明。")
    return _finding("reason_needs_a_person", Answer.LOOK, "R2.2; N4", said, {"reason": ask.reason.code})


def high_value(ask: Ask) -> Finding | None:
    """Above the regime's amount a person looks; the limit is in its currency and says nothing about another."""
    regime = ask.regime
    if ask.order.currency != regime.currency or ask.value_minor < regime.high_value_minor:
        return None
    said = Said("The value is high, so a person looks at it as well.", "商品金额较高，将由人工复核。")
    facts = {
        "value_minor": str(ask.value_minor),
        "limit_minor": str(regime.high_value_minor),
        "currency": regime.currency,
    }
    return _finding("high_value", Answer.LOOK, "R2.2; N4", said, facts)


RULES: Final[tuple[Rule, ...]] = (
    change_of_mind_window,
    fault_window,
    excluded_goods,
    condition,
    reason_needs_a_person,
    high_value,
)


def judge(policy: Policy, order: Order, wanted: Sequence[Wanted], at: datetime) -> Verdict:
    """Every rule about every line. All lines no: refused. All yes: accepted. Anything between: a person looks.

    Raises `UnknownLine`, `UnknownReason`, `UnknownCondition`, each naming the field.
    """
    asks = _asks(policy, order, wanted, at)
    findings = [
        [_of_line(found, ask.wanted.line_id) for rule in RULES if (found := rule(ask)) is not None] for ask in asks
    ]
    answers = [_worst(line) for line in findings]
    if all(answer is Answer.YES for answer in answers):
        outcome = Outcome.ACCEPT
    elif all(answer is Answer.NO for answer in answers):
        outcome = Outcome.REFUSE
    else:
        outcome = Outcome.REFER
    flat = tuple(finding for line in findings for finding in line)
    return Verdict(
        outcome,
        policy.version,
        flat,
        alternatives(policy, flat) if outcome is Outcome.REFUSE else (),
        frozenset(place for place, ask in enumerate(asks) if _by_right(ask, findings[place])),
    )


def alternatives(policy: Policy, findings: Sequence[Finding]) -> tuple[Alternative, ...]:
    """What can be done instead of what these rules refused; never empty, at least a coded "none feasible" (A12)."""
    codes = [
        code
        for finding in findings
        if finding.answer is Answer.NO
        for code in policy.alternatives_by_rule.get(finding.rule, ())
    ]
    return tuple(Alternative(code, policy.alternatives[code]) for code in dict.fromkeys(codes or ("none_feasible",)))


def _asks(policy: Policy, order: Order, wanted: Sequence[Wanted], at: datetime) -> Sequence[Ask]:
    asks: list[Ask] = []
    value = 0
    for place, want in enumerate(wanted):
        line = order.line(want.line_id)
        if line is None:
            raise UnknownLine(pointer=f"/lines/{place}/line_id", line=want.line_id)
        reason = policy.reasons.get(want.reason)
        if reason is None:
            raise UnknownReason(pointer=f"/lines/{place}/reason", allowed=", ".join(policy.reasons))
        state = policy.conditions.get(want.condition)
        if state is None:
            raise UnknownCondition(pointer=f"/lines/{place}/condition", allowed=", ".join(policy.conditions))
        value += line.paid_minor * min(want.quantity, line.quantity) // line.quantity
        asks.append(Ask(policy, policy.regimes[order.regime], order, line, want, reason, state, 0, at))
    return [
        Ask(ask.policy, ask.regime, ask.order, ask.line, ask.wanted, ask.reason, ask.condition, value, at)
        for ask in asks
    ]


def _by_right(ask: Ask, findings: Sequence[Finding]) -> bool:
    """Whether this is a withdrawal within the law's own window; a doubt about the date never costs the customer."""
    within = any(f.rule == "change_of_mind_window" and f.answer is not Answer.NO for f in findings)
    return ask.regime.statutory and within and not ask.line.final_sale_confirmed


def _worst(findings: Sequence[Finding]) -> Answer:
    answers = {finding.answer for finding in findings}
    return next((answer for answer in (Answer.NO, Answer.LOOK) if answer in answers), Answer.YES)


def _of_line(finding: Finding, line_id: str) -> Finding:
    return Finding(finding.rule, finding.answer, finding.clause, finding.says, finding.facts, line_id)


def _finding(rule: str, answer: Answer, clause: str, said: Said, facts: Mapping[str, str]) -> Finding:
    return Finding(rule, answer, clause, Said(said.to("en", **facts), said.to("zh-CN", **facts)), facts)
