"""A decision in plain sentences, the same for customer, agent and auditor (B10, R2.5)."""

from collections.abc import Iterator, Sequence
from typing import Final

from service_requests.domain.eligibility.decision import Decision, RuleResult, UnitDecision
from service_requests.domain.policy.sentences import fill, name, names
from service_requests.domain.policy.vocabulary import Layer, Result, Verdict
from shared.kernel.errors import Language, Said

VERDICTS: Final = {
    Verdict.ACCEPT: Said("Yes, this can come back.", "可以退回。"),
    Verdict.PROOFS_MISSING: Said(
        "We still need something from you before we can decide.", "还需要您补充材料后才能决定。"
    ),
    Verdict.LOOK: Said("A person looks at this before we decide.", "将由人工查看后决定。"),
    Verdict.REFUSE: Said(
        "We are sorry: this cannot come back for the reason given.", "很抱歉，按所述原因无法办理退货。"
    ),
    Verdict.PARTLY: Said(
        "Some of it can come back; the rest is explained below.", "其中一部分可以退回，其余说明如下。"
    ),
}
GROUNDS: Final = {
    Layer.LAW: Said("You have this right by law.", "这是法律赋予您的权利。"),
    Layer.POLICY: Said(
        "Our returns policy at the time of your order gives you this.", "这是您下单时的退货政策所给予的。"
    ),
    Layer.LATER_POLICY: Said(
        "Our present returns policy, which is kinder, gives you this.", "这是更优惠的现行退货政策所给予的。"
    ),
    Layer.PROMISE: Said("We promised you this.", "这是我们对您的承诺。"),
    Layer.GOODWILL: Said("We do this as goodwill.", "这是我们的善意处理。"),
}
BEFORE_ALTERNATIVES: Final = Said("We want to find a way for you all the same.", "我们仍愿意为您寻找解决办法。")
REMEDY: Final = Said("You get {remedy}.", "处理方式：{remedy}。")
OBJECTION: Final = Said(
    "If you see it differently, you can object; a person who was not involved decides.",
    "如您不同意，可以提出异议，由未参与本案的人员决定。",
)
PROVISIONAL: Final = Said(" (provisional)", "（暂定）")
CLAUSE: Final = Said("{says} [{clause}]", "{says}〔{clause}〕")


def explain(decision: Decision, language: Language) -> tuple[str, ...]:
    """The lines of the explanation."""
    return tuple(said.to(language) for said in _lines(decision))


def _lines(decision: Decision) -> Iterator[Said]:
    yield VERDICTS[decision.verdict]
    for unit in decision.units:
        yield from unit_lines(unit, several=len(decision.units) > 1)
    refused = any(unit.verdict is Verdict.REFUSE for unit in decision.units)
    for deadline in decision.deadlines:
        if deadline.name == "decide_by" or (deadline.name == "object_by" and refused):
            yield _join(deadline.says, PROVISIONAL) if deadline.provisional else deadline.says
    if refused:
        yield OBJECTION


def unit_lines(unit: UnitDecision, *, several: bool) -> Iterator[Said]:
    """The sentences about one unit."""
    if several:
        title = Said("Item {line}, piece {unit}: {verdict}", "商品 {line} 第 {unit} 件：{verdict}")
        yield fill(title, line=unit.line_id, unit=unit.unit_id, verdict=VERDICTS[unit.verdict])
    if unit.stands_on is not None and unit.verdict is Verdict.ACCEPT:
        yield GROUNDS[unit.stands_on]
    yield from dict.fromkeys(fill(CLAUSE, says=finding.says, clause=finding.clause) for finding in _deciding(unit))
    yield from (look.says for look in unit.looks)
    if unit.missing:
        yield fill(Said("Missing: {proofs}.", "尚缺：{proofs}。"), proofs=names(unit.missing))
    if unit.alternatives:
        yield BEFORE_ALTERNATIVES
    yield from (alternative.says for alternative in unit.alternatives)
    if unit.consequences is not None:
        yield fill(REMEDY, remedy=name(unit.consequences.remedy))
        freight = unit.consequences.freight
        yield fill(CLAUSE, says=freight.says, clause=freight.clause)
    for deadline in unit.deadlines:
        yield _join(deadline.says, PROVISIONAL) if deadline.provisional else deadline.says


def _deciding(unit: UnitDecision) -> Sequence[RuleResult]:
    """The results that decided: those of the deciding ground, or every result against the return."""
    if unit.stands_on is None:
        return unit.reasons_against
    return [f for f in unit.findings if f.ground == unit.ground and f.result in {Result.YES, Result.MISSING}]


def _join(said: Said, more: Said) -> Said:
    return Said(said.en + more.en, said.zh + more.zh)
