"""The alternatives to a refused return: rights that are still open first, then offers of the policy (A12)."""

from collections.abc import Iterator, Sequence
from datetime import date

from service_requests.domain.eligibility.decision import NO_RIGHT, Alternative, RuleResult
from service_requests.domain.eligibility.ground import Ground
from service_requests.domain.eligibility.rule import in_time, open_windows
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.sentences import fill, name, say_day, sentence
from service_requests.domain.policy.vocabulary import Cause, Offer, Remedy, Result
from shared.kernel.errors import Said


def alternatives(
    rule_input: RuleInput, grounds: Sequence[Ground], findings: Sequence[RuleResult]
) -> tuple[Alternative, ...]:
    """The alternatives, at least a coded "none feasible". A piece that already has a remedy gets no offer."""
    failed = {finding.rule for finding in findings if finding.result is Result.NO}
    failed = failed - {NO_RIGHT} or failed
    none = Alternative(Offer.NONE_FEASIBLE, sentence(fill(Said("{what}.", "{what}。"), what=name(Offer.NONE_FEASIBLE))))
    if rule_input.unit.taken is not None:
        return (none,)
    rights = tuple(_rights(rule_input, grounds)) if rule_input.cause is Cause.DEFECT else ()
    by_right = {each.offer for each in rights}
    offers = dict.fromkeys(each for each in _offers(rule_input, failed) if each.offer not in by_right)
    return (*rights, *offers) or (none,)


def _rights(rule_input: RuleInput, grounds: Sequence[Ground]) -> Iterator[Alternative]:
    """Other remedies of the same right whose time is not over, each by the window that ends last."""
    windows = [
        (rule_input.last_day(each.term).day, each) for ground in grounds for each in open_windows(rule_input, ground)
    ]
    ends: dict[Remedy, tuple[date, str]] = {}
    for last, window in sorted(windows, key=lambda pair: pair[0]):
        ends |= dict.fromkeys(window.term.remedies, (last, window.clause))
    yield from (
        _until(remedy, *ends[remedy]) for remedy in Remedy if remedy in ends and rule_input.stated_on <= ends[remedy][0]
    )


def _until(remedy: Remedy, last: date, clause: str) -> Alternative:
    said = Said("{remedy} is open to you until {day} ({clause}).", "在{day}前您可以选择{remedy}（{clause}）。")
    says = fill(said, remedy=name(remedy), day=say_day(last), clause=clause)
    return Alternative(Offer(remedy.value), sentence(says))


def _offers(rule_input: RuleInput, failed: set[str]) -> Iterator[Alternative]:
    values = rule_input.values_for(rule_input.snapshot)
    for row in rule_input.snapshot.alternatives:
        if row.when.holds(values) and not failed.isdisjoint(row.instead_of):
            for offer in row.offers:
                if offer.value != rule_input.unit.wish and not (
                    offer is Offer.DEFECT_CLAIM and rule_input.cause is Cause.DEFECT
                ):
                    said = Said("We can offer you {offer}.", "我们可以为您提供：{offer}。")
                    yield Alternative(offer, fill(said, offer=name(offer)))


def best_remedy(rule_input: RuleInput, offered: Sequence[Remedy]) -> Remedy:
    """The remedy that the customer wishes, or the strongest remedy that is offered."""
    return rule_input.unit.wish or next((remedy for remedy in Remedy if remedy in offered), Remedy.REFUND)


TIME_RULE = in_time.__name__
"""The rule whose facts name the day on which a ground ended."""
