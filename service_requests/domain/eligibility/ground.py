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


@dataclass(frozen=True, slots=True)
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


def grounds_of(ask: RuleInput, later: Policy | None) -> Iterator[Ground]:
    """Every ground but goodwill, from the strongest to the weakest."""
    yield by_law(ask)
    yield by_policy(ask, ask.snapshot, Layer.POLICY)
    if later is not None and later.name != ask.snapshot.name:
        yield by_policy(ask, later, Layer.LATER_POLICY)
    yield from (by_promise(promise) for promise in ask.case.promises if lines_of(promise, ask.line))


def by_law(ask: RuleInput) -> Ground:
    """What the statute gives, to consumers."""
    ground = f"law:{ask.regime}"
    windows = tuple(each for each in ask.law.cited(Window) if each.term.cause is ask.cause)
    if not ask.case.consumer:
        return Ground(Layer.LAW, ground, ground, nothing=NOT_A_CONSUMER)
    if not windows:
        return Ground(Layer.LAW, ground, ground, nothing=NO_STATUTORY_RIGHT)
    refused, reducing = _intact_by_law(ask)
    return Ground(
        Layer.LAW,
        ground,
        windows[0].clause,
        windows,
        ask.law.cited(Exclusion) if ask.cause is Cause.CHANGE_OF_MIND else (),
        refused_states=refused,
        reducing_states=reducing,
        proofs=_proofs(
            ask, [each for each in ask.snapshot.proofs if not each.beyond_law], ask.snapshot, _permitted_exclusions(ask)
        ),
    )


def _permitted_exclusions(ask: RuleInput) -> frozenset[Proof] | None:
    """The proofs that may be asked for before this right is used; None where the law sets no bounds."""
    bars = [each.term.allowed for each in ask.law.cited(NoProofs) if each.term.cause is ask.cause]
    return frozenset.intersection(*bars) if bars else None


def _proofs(
    ask: RuleInput, rows: Iterable[ProofRow], policy: Policy, allowed: frozenset[Proof] | None = None
) -> tuple[Proof, ...]:
    known = ask.known_to(policy)
    asked = (proof for row in rows if row.when.holds(known) for proof in row.required)
    return tuple(dict.fromkeys(proof for proof in asked if allowed is None or proof in allowed))


def _window_row(ask: RuleInput, policy: Policy) -> WindowRow | None:
    """The first row that applies; one for a segment never gives less than everybody gets (B12)."""
    known = ask.known_to(policy)
    rows = [row for row in policy.windows if row.window.cause is ask.cause and row.when.holds(known)]
    if not rows or Fact.SEGMENT not in rows[0].when.tests:
        return rows[0] if rows else None
    everybody = next((row for row in rows if Fact.SEGMENT not in row.when.tests), rows[0])
    return everybody if rows[0].window.period.is_shorter_than(everybody.window.period) else rows[0]


def by_policy(ask: RuleInput, policy: Policy, layer: Layer) -> Ground:
    """What the merchant gives: its own window, the law's limits unless it waives them, and its own limits."""
    known = ask.known_to(policy)
    row = _window_row(ask, policy)
    ground = f"policy:{policy.name}"
    if row is None:
        return Ground(layer, ground, ground, policy=policy, nothing=NO_ROW)
    clause = f"{policy.name} windows/{row.id}"
    window = Cited(row.window, row.id, clause, row.window.period.say())
    proofs = _proofs(ask, policy.proofs, policy)
    if ask.cause is Cause.DEFECT:
        return Ground(layer, ground, clause, (window,), proofs=proofs, policy=policy)
    refused, reducing = _intact_by_law(ask)
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
    lawful = tuple(each for each in ask.law.cited(Exclusion) if each.term.goods not in policy.waived_exclusions)
    called = {each.clause: each.says for each in own}
    return Ground(layer, ground, clause, (window,), lawful + own, called, refused, reducing, proofs, policy)


def by_promise(promise: Promise) -> Ground:
    """What was promised to this customer, whoever promised it."""
    return Ground(
        Layer.PROMISE,
        f"promise:{promise.id}",
        f"N3.4 promise {promise.id}",
        promise=promise,
        until=promise.until,
        remedies=promise.remedies,
    )


def _intact_by_law(ask: RuleInput) -> tuple[Mapping[State, str], Mapping[State, str]]:
    """The states that refuse and those that only reduce, with their clauses; harmless ones are neither.

    Nothing reduces the refund of whom nobody had told of the right (CRD 14(2), CCR 34(11)).
    """
    if ask.cause is Cause.DEFECT:
        return {}, {}
    refusing, reducing = ask.law.intact(ask.snapshot.law_class(ask.line.category))
    return refusing, reducing if ask.case.told.withdrawal.before_contract else {}
