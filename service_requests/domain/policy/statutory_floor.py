"""Whether a policy gives less than the law. Such a policy is refused, with the article of the law (B01).

Each check compares one table with the law. A row is compared with the law of every regime to which the row can apply,
on every day on which the policy is in force. Rows marked `beyond_law` limit only what the policy gives beyond the law.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Protocol

from service_requests.domain.policy.condition import Fact, When
from service_requests.domain.policy.law import Cited, Law, Regime
from service_requests.domain.policy.policy import Policy, excluded_goods
from service_requests.domain.policy.policy_problem import Place, PolicyProblem
from service_requests.domain.policy.sentences import fill, listed, name, names
from service_requests.domain.policy.term import (
    Exclusion,
    FeeBar,
    Harmless,
    IntactTest,
    NoProofs,
    Promotion,
    RefundClock,
    Retention,
    ReturnFreight,
    SendBack,
    Term,
    Window,
)
from service_requests.domain.policy.vocabulary import Cause, Payer, Starts
from shared.kernel.errors import Said


class FloorCheck(Protocol):
    """One comparison of a policy with the law of one regime."""

    def __call__(self, policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]: ...


def below_floor(policy: Policy, regimes: Mapping[str, Regime]) -> tuple[PolicyProblem, ...]:
    """Everything by which the policy takes away what the law gives."""
    found = [
        problem
        for code in policy.regimes
        if code in regimes
        for check in CHECKS
        for problem in check(policy, code, _law_while(policy, regimes[code]))
    ]
    return tuple(dict.fromkeys(found))


def _law_while(policy: Policy, regime: Regime) -> Law:
    """Every rule that governs a day on which the policy is in force."""
    until = policy.effective_until or date.max
    return Law(
        tuple(
            rule
            for rule in regime.rules
            if rule.effective_from < until
            and (rule.effective_until is None or policy.effective_from < rule.effective_until)
        )
    )


def _can_be(when: When, regime: str) -> bool:
    return when.may_be(Fact.REGIME, regime)


def windows(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """No window is shorter than the law's for the same cause and the same remedy."""
    for place, row in enumerate(policy.windows):
        if not _can_be(row.when, regime):
            continue
        for each in law.cited(Window):
            shared = set(row.window.remedies) & set(each.term.remedies)
            comparable = each.term.cause is row.window.cause and not each.term.after_failed_repairs and shared
            if comparable and row.window.period.is_shorter_than(each.term.period):
                said = Said("The law of {regime} gives {period}.", "{regime} 法律规定为{period}。")
                yield _problem(
                    ("windows", place, "window", "period"), each, said, regime, period=each.term.period.say()
                )


def window_starts(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """No window begins with an earlier parcel than the law's."""
    for place, row in enumerate(policy.windows):
        for each in law.cited(Window):
            earlier = EARLIEST_FIRST.index(row.window.starts) < EARLIEST_FIRST.index(each.term.starts)
            if earlier and each.term.cause is row.window.cause and _can_be(row.when, regime):
                said = Said(
                    "In {regime} the time runs from the last parcel.", "在 {regime} 期限自最后一个包裹签收起算。"
                )
                yield _problem(("windows", place, "window", "starts"), each, said, regime)


EARLIEST_FIRST: Final = (Starts.FIRST_PARCEL, Starts.OWN_PARCEL, Starts.LAST_PARCEL)


def exclusions(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """Only goods that the law lets a merchant exclude, with the consent of the law. Without a right, any goods."""
    rights = [each for each in law.cited(Window) if each.term.cause is Cause.CHANGE_OF_MIND]
    allowed = {each.term.goods: each for each in law.cited(Exclusion)}
    for place, row in enumerate(policy.exclusions):
        if row.beyond_law or not rights or not _can_be(row.when, regime):
            continue
        lawful = None if row.goods is None else allowed.get(row.goods)
        if lawful is None:
            said = Said(
                "The law of {regime} does not let {goods} be left out.", "{regime} 法律不允许将{goods}排除在外。"
            )
            goods = excluded_goods(policy, row)
            yield _problem(("exclusions", place, "goods"), rights[0], said, regime, goods=goods)
        elif lawful.term.needs_confirmation and not row.needs_confirmation:
            said = Said(
                "In {regime} the buyer must have confirmed it at the purchase.", "{regime} 须经消费者在购买时确认。"
            )
            yield _problem(("exclusions", place, "needs_confirmation"), lawful, said, regime)


def conditions(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """No refusal for a state that the law calls harmless or does not accept as a reason for refusal."""
    rights = [each for each in law.cited(Window) if each.term.cause is Cause.CHANGE_OF_MIND]
    if not rights:
        return
    refusing = {state for each in law.cited(IntactTest) if each.term.refuses for state in each.term.states}
    harmless = {state: each for each in law.cited(Harmless) for state in each.term.states}
    for place, row in enumerate(policy.intact):
        wrong = sorted(state for state in row.states if state in harmless or state not in refusing)
        if wrong and not row.beyond_law and _can_be(row.when, regime):
            by = harmless.get(wrong[0], rights[0])
            said = Said(
                "The law of {regime} does not let this refuse a return: {states}.",
                "{regime} 法律不允许以此拒绝退货：{states}。",
            )
            yield _problem(("intact", place, "states"), by, said, regime, states=names(wrong))


def proofs(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """No proof is required where a statement is enough."""
    for place, row in enumerate(policy.proofs):
        if row.beyond_law or not _can_be(row.when, regime):
            continue
        for each in law.cited(NoProofs):
            asks = [proof for proof in row.required if proof not in each.term.allowed]
            reasons = [r for r in policy.reasons.values() if r.cause is each.term.cause]
            if asks and any(row.when.may_be(Fact.REASON, reason.code) for reason in reasons):
                said = Said(
                    "In {regime} a statement is enough; {proofs} may not be a condition.",
                    "在 {regime} 声明即可，不得以{proofs}为条件。",
                )
                yield _problem(("proofs", place, "required"), each, said, regime, proofs=names(asks))


def freights(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """The customer never pays where the law says the merchant does."""
    for place, row in enumerate(policy.freight):
        for each in law.cited(ReturnFreight):
            taken = each.term.payer is Payer.MERCHANT and row.payer is Payer.CUSTOMER
            if each.term.cause is row.cause and taken and _can_be(row.when, regime):
                said = Said("In {regime} the merchant pays for this way back.", "在 {regime} 此项退货运费由商家承担。")
                yield _problem(("freight", place, "payer"), each, said, regime)


def fees(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """No fee where the law bars fees."""
    for place, row in enumerate(policy.fees):
        for each in law.cited(FeeBar):
            barred = each.term.cause is row.cause and row.basis_points > 0 and not row.beyond_law
            if barred and _can_be(row.when, regime):
                said = Said("The law of {regime} allows no such fee.", "{regime} 法律不允许收取此项费用。")
                yield _problem(("fees", place, "basis_points"), each, said, regime)


def refunds(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """Refunds are not slower than the law, and do not count from a later event."""
    for place, row in enumerate(policy.refunds):
        for each in law.cited(RefundClock):
            if each.term.cause is not row.clock.cause or not _can_be(row.when, regime):
                continue
            if each.term.period.is_shorter_than(row.clock.period):
                said = Said("In {regime} the refund is due within {period}.", "在 {regime} 须在{period}内退款。")
                yield _problem(("refunds", place, "clock", "period"), each, said, regime, period=each.term.period.say())
            missing = [start for start in each.term.starts if start not in row.clock.starts]
            if missing:
                said = Said("In {regime} the time runs from {event}.", "在 {regime} 期限自{event}起算。")
                event = listed([name(start) for start in missing])
                yield _problem(("refunds", place, "clock", "starts"), each, said, regime, event=event)


def sending(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """The time for sending back is at least as long as in the law."""
    own = policy.promises.send_back
    for each in law.cited(SendBack):
        if own is not None and own.is_shorter_than(each.term.period):
            said = Said("The law of {regime} gives {period} for sending back.", "{regime} 法律给予{period}寄回期限。")
            yield _problem(("promises", "send_back"), each, said, regime, period=each.term.period.say())


def promotions(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """Another way of sharing discounts only where the law leaves the way to the contract."""
    for place, row in enumerate(policy.promotions):
        for each in law.cited(Promotion):
            if row.mode is not each.term.mode and not each.term.other_if_told and _can_be(row.when, regime):
                said = Said(
                    "The law of {regime} settles how discounts are shared.", "{regime} 法律已规定优惠的分摊方式。"
                )
                yield _problem(("promotions", place, "mode"), each, said, regime)


def retention(policy: Policy, regime: str, law: Law) -> Iterator[PolicyProblem]:
    """Records are kept as long as the law requires."""
    for place, kept in enumerate(policy.retention):
        for each in law.cited(Retention):
            if each.term.record is kept.record and kept.period.is_shorter_than(each.term.period):
                said = Said("The law of {regime} asks for {period}.", "{regime} 法律要求至少保存{period}。")
                yield _problem(("retention", place, "period"), each, said, regime, period=each.term.period.say())


CHECKS: Final[tuple[FloorCheck, ...]] = (
    windows, window_starts, exclusions, conditions, proofs, freights, fees, refunds, sending, promotions, retention,
)  # fmt: skip


def _problem(place: Place, by: Cited[Term], said: Said, regime: str, **facts: Said | str) -> PolicyProblem:
    return PolicyProblem(place, by.clause, fill(said, regime=regime, **facts))
