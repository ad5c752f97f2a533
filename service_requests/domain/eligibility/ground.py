"""The grounds for one unit: the law, the policy of the order, a later policy, promises.

All grounds have the same class, so that the same rules apply to each of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from service_requests.domain.eligibility.case import Promise, lines_of
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.condition import Fact
from service_requests.domain.policy.law import Cited
from service_requests.domain.policy.policy import Policy, ProofRow, WindowRow, excluded_goods
from service_requests.domain.policy.term import Exclusion, NoProofs, Window
from service_requests.domain.policy.vocabulary import Cause, Layer, Proof, Remedy, State
from shared.kernel.errors import Said

NO_STATUTORY_RIGHT: Final = Said(
    "The law here gives no right to return goods for this reason.", "当地法律未就此原因规定退货权。"
)
NOT_A_CONSUMER: Final = Said(
    "The law protects consumers; this was bought for a business.", "相关法律保护消费者，本订单为企业采购。"
)
NO_ROW: Final = Said("This policy has no time limit for such a return.", "本政策未就此类退货规定期限。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground. `until` is a promised last day in place of windows; `why_none` says why there is no right.

    `goods_names` are the merchant's names of excluded goods, by clause.
    """

    layer: Layer
    name: str
    clause: str
    windows: tuple[Cited[Window], ...] = ()
    exclusions: tuple[Cited[Exclusion], ...] = ()
    goods_names: Mapping[str, Said] = field(default_factory=dict)
    refused_states: Mapping[State, str] = field(default_factory=dict)
    reducing_states: Mapping[State, str] = field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()
    policy: Policy | None = None
    promise: Promise | None = None
    until: date | None = None
    remedies: tuple[Remedy, ...] = ()
    why_none: Said | None = None


def grounds_of(rule_input: RuleInput, later: Policy | None) -> Iterator[Ground]:
    """Every ground except goodwill, from the strongest to the weakest."""
    yield by_law(rule_input)
    yield by_policy(rule_input, rule_input.snapshot, Layer.POLICY)
    if later is not None and later.name != rule_input.snapshot.name:
        yield by_policy(rule_input, later, Layer.LATER_POLICY)
    yield from (by_promise(promise) for promise in rule_input.case.promises if lines_of(promise, rule_input.line))


def by_law(rule_input: RuleInput) -> Ground:
    """The ground of the law, for consumers."""
    ground_name = f"law:{rule_input.regime}"
    windows = tuple(each for each in rule_input.law.cited(Window) if each.term.cause is rule_input.cause)
    if not rule_input.case.consumer:
        return Ground(layer=Layer.LAW, name=ground_name, clause=ground_name, why_none=NOT_A_CONSUMER)
    if not windows:
        return Ground(layer=Layer.LAW, name=ground_name, clause=ground_name, why_none=NO_STATUTORY_RIGHT)
    refused, reducing = _intact_by_law(rule_input)
    return Ground(
        layer=Layer.LAW,
        name=ground_name,
        clause=windows[0].clause,
        windows=windows,
        exclusions=rule_input.law.cited(Exclusion) if rule_input.cause is Cause.CHANGE_OF_MIND else (),
        refused_states=refused,
        reducing_states=reducing,
        proofs=_proofs(
            rule_input,
            [each for each in rule_input.snapshot.proofs if not each.beyond_law],
            rule_input.snapshot,
            _permitted_exclusions(rule_input),
        ),
    )


def _permitted_exclusions(rule_input: RuleInput) -> frozenset[Proof] | None:
    """The proofs that the merchant may require for this right; None where the law sets no limit."""
    bars = [each.term.allowed for each in rule_input.law.cited(NoProofs) if each.term.cause is rule_input.cause]
    return frozenset.intersection(*bars) if bars else None


def _proofs(
    rule_input: RuleInput, rows: Iterable[ProofRow], policy: Policy, allowed: frozenset[Proof] | None = None
) -> tuple[Proof, ...]:
    values = rule_input.values_for(policy)
    asked = (proof for row in rows if row.when.holds(values) for proof in row.required)
    return tuple(dict.fromkeys(proof for proof in asked if allowed is None or proof in allowed))


def _window_row(rule_input: RuleInput, policy: Policy) -> WindowRow | None:
    """The first row that applies; a row for a segment never gives less than the row for everybody (B12)."""
    values = rule_input.values_for(policy)
    rows = [row for row in policy.windows if row.window.cause is rule_input.cause and row.when.holds(values)]
    if not rows or Fact.SEGMENT not in rows[0].when.tests:
        return rows[0] if rows else None
    everybody = next((row for row in rows if Fact.SEGMENT not in row.when.tests), rows[0])
    return everybody if rows[0].window.period.is_shorter_than(everybody.window.period) else rows[0]


def by_policy(rule_input: RuleInput, policy: Policy, layer: Layer) -> Ground:
    """The ground of a policy: its window, the limits of the law that it does not waive, and its own limits."""
    values = rule_input.values_for(policy)
    row = _window_row(rule_input, policy)
    ground_name = f"policy:{policy.name}"
    if row is None:
        return Ground(layer=layer, name=ground_name, clause=ground_name, policy=policy, why_none=NO_ROW)
    clause = f"{policy.name} windows/{row.id}"
    window = Cited(row.window, row.id, clause, row.window.period.say())
    proofs = _proofs(rule_input, policy.proofs, policy)
    if rule_input.cause is Cause.DEFECT:
        return Ground(layer=layer, name=ground_name, clause=clause, windows=(window,), proofs=proofs, policy=policy)
    refused, reducing = _intact_by_law(rule_input)
    refused = {state: by for state, by in refused.items() if state not in policy.waived_states}
    for test in policy.intact:
        if test.when.holds(values):
            refused |= dict.fromkeys(test.states, f"{policy.name} intact/{test.id}")
    own = tuple(
        Cited(
            Exclusion(each.goods, each.needs_confirmation),
            each.id,
            f"{policy.name} exclusions/{each.id}",
            each.says or excluded_goods(policy, each),
        )
        for each in policy.exclusions
        if each.when.holds(values)
    )
    lawful = tuple(each for each in rule_input.law.cited(Exclusion) if each.term.goods not in policy.waived_exclusions)
    goods_names = {each.clause: each.says for each in own}
    return Ground(
        layer=layer,
        name=ground_name,
        clause=clause,
        windows=(window,),
        exclusions=lawful + own,
        goods_names=goods_names,
        refused_states=refused,
        reducing_states=reducing,
        proofs=proofs,
        policy=policy,
    )


def by_promise(promise: Promise) -> Ground:
    """The ground of a promise to this customer."""
    return Ground(
        layer=Layer.PROMISE,
        name=f"promise:{promise.id}",
        clause=f"N3.4 promise {promise.id}",
        promise=promise,
        until=promise.until,
        remedies=promise.remedies,
    )


def _intact_by_law(rule_input: RuleInput) -> tuple[Mapping[State, str], Mapping[State, str]]:
    """The states that refuse and the states that only reduce the refund, with their clauses.

    Without information about the right, no state reduces the refund (CRD 14(2), CCR 34(11)).
    """
    if rule_input.cause is Cause.DEFECT:
        return {}, {}
    refusing, reducing = rule_input.law.intact(rule_input.snapshot.law_class(rule_input.line.category))
    return refusing, reducing if rule_input.case.told.withdrawal.before_contract else {}
