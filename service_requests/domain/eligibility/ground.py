"""What each ground gives for one unit: the law, the policy of the order, a kinder later one, a promise, goodwill.

All grounds take one shape, so that the same rules judge each of them and the kindest answer wins.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from service_requests.domain.eligibility.case import Promise, lines_of
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.condition import Fact
from service_requests.domain.policy.law import Cited
from service_requests.domain.policy.policy import Policy, ProofRow, WindowRow
from service_requests.domain.policy.sentences import name
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
    """One ground. `until` replaces the windows where a day was promised; `nothing` says why there is no right.

    `called` is what the merchant calls goods that it leaves out, by clause.
    """

    layer: Layer
    ground: str
    clause: str
    windows: tuple[Cited[Window], ...] = ()
    exclusions: tuple[Cited[Exclusion], ...] = ()
    called: Mapping[str, Said] = field(default_factory=dict)
    refused_states: Mapping[State, str] = field(default_factory=dict)
    reducing_states: Mapping[State, str] = field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()
    policy: Policy | None = None
    promise: Promise | None = None
    until: date | None = None
    remedies: tuple[Remedy, ...] = ()
    nothing: Said | None = None


def grounds_of(rule_input: RuleInput, later: Policy | None) -> Iterator[Ground]:
    """Every ground but goodwill, from the strongest to the weakest."""
    yield by_law(rule_input)
    yield by_policy(rule_input, rule_input.snapshot, Layer.POLICY)
    if later is not None and later.name != rule_input.snapshot.name:
        yield by_policy(rule_input, later, Layer.LATER_POLICY)
    yield from (by_promise(promise) for promise in rule_input.case.promises if lines_of(promise, rule_input.line))


def by_law(rule_input: RuleInput) -> Ground:
    """What the statute gives, to consumers."""
    ground = f"law:{rule_input.regime}"
    windows = tuple(each for each in rule_input.law.cited(Window) if each.term.cause is rule_input.cause)
    if not rule_input.case.consumer:
        return Ground(layer=Layer.LAW, ground=ground, clause=ground, nothing=NOT_A_CONSUMER)
    if not windows:
        return Ground(layer=Layer.LAW, ground=ground, clause=ground, nothing=NO_STATUTORY_RIGHT)
    refused, reducing = _intact_by_law(rule_input)
    return Ground(
        layer=Layer.LAW,
        ground=ground,
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
    """The proofs that may be asked for before this right is used; None where the law sets no bounds."""
    bars = [each.term.allowed for each in rule_input.law.cited(NoProofs) if each.term.cause is rule_input.cause]
    return frozenset.intersection(*bars) if bars else None


def _proofs(
    rule_input: RuleInput, rows: Iterable[ProofRow], policy: Policy, allowed: frozenset[Proof] | None = None
) -> tuple[Proof, ...]:
    known = rule_input.known_to(policy)
    asked = (proof for row in rows if row.when.holds(known) for proof in row.required)
    return tuple(dict.fromkeys(proof for proof in asked if allowed is None or proof in allowed))


def _window_row(rule_input: RuleInput, policy: Policy) -> WindowRow | None:
    """The first row that applies; one for a segment never gives less than everybody gets (B12)."""
    known = rule_input.known_to(policy)
    rows = [row for row in policy.windows if row.window.cause is rule_input.cause and row.when.holds(known)]
    if not rows or Fact.SEGMENT not in rows[0].when.tests:
        return rows[0] if rows else None
    everybody = next((row for row in rows if Fact.SEGMENT not in row.when.tests), rows[0])
    return everybody if rows[0].window.period.is_shorter_than(everybody.window.period) else rows[0]


def by_policy(rule_input: RuleInput, policy: Policy, layer: Layer) -> Ground:
    """What the merchant gives: its own window, the law's limits unless it waives them, and its own limits."""
    known = rule_input.known_to(policy)
    row = _window_row(rule_input, policy)
    ground = f"policy:{policy.name}"
    if row is None:
        return Ground(layer=layer, ground=ground, clause=ground, policy=policy, nothing=NO_ROW)
    clause = f"{policy.name} windows/{row.id}"
    window = Cited(row.window, row.id, clause, row.window.period.say())
    proofs = _proofs(rule_input, policy.proofs, policy)
    if rule_input.cause is Cause.DEFECT:
        return Ground(layer=layer, ground=ground, clause=clause, windows=(window,), proofs=proofs, policy=policy)
    refused, reducing = _intact_by_law(rule_input)
    refused = {state: by for state, by in refused.items() if state not in policy.waived_states}
    for test in policy.intact:
        if test.when.holds(known):
            refused |= dict.fromkeys(test.states, f"{policy.name} intact/{test.id}")
    own = tuple(
        Cited(
            Exclusion(each.goods, each.needs_confirmation),
            each.id,
            f"{policy.name} exclusions/{each.id}",
            each.says or name(each.goods),
        )
        for each in policy.exclusions
        if each.when.holds(known)
    )
    lawful = tuple(each for each in rule_input.law.cited(Exclusion) if each.term.goods not in policy.waived_exclusions)
    called = {each.clause: each.says for each in own}
    return Ground(
        layer=layer,
        ground=ground,
        clause=clause,
        windows=(window,),
        exclusions=lawful + own,
        called=called,
        refused_states=refused,
        reducing_states=reducing,
        proofs=proofs,
        policy=policy,
    )


def by_promise(promise: Promise) -> Ground:
    """What was promised to this customer, whoever promised it."""
    return Ground(
        layer=Layer.PROMISE,
        ground=f"promise:{promise.id}",
        clause=f"N3.4 promise {promise.id}",
        promise=promise,
        until=promise.until,
        remedies=promise.remedies,
    )


def _intact_by_law(rule_input: RuleInput) -> tuple[Mapping[State, str], Mapping[State, str]]:
    """The states that refuse and those that only reduce, with their clauses; harmless ones are neither.

    Nothing reduces the refund of whom nobody had told of the right (CRD 14(2), CCR 34(11)).
    """
    if rule_input.cause is Cause.DEFECT:
        return {}, {}
    refusing, reducing = rule_input.law.intact(rule_input.snapshot.law_class(rule_input.line.category))
    return refusing, reducing if rule_input.case.told.withdrawal.before_contract else {}
