"""The rules. Each rule answers yes, no, missing, or look, with its clause and a sentence (R2.2)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, Protocol

from service_requests.domain.eligibility.case import Confirmation
from service_requests.domain.eligibility.decision import RuleResult
from service_requests.domain.eligibility.ground import Ground
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.law import Cited
from service_requests.domain.policy.sentences import fill, name, names, say_day
from service_requests.domain.policy.term import Exclusion, Window
from service_requests.domain.policy.vocabulary import Cause, Proof, Remedy, Result, Source
from shared.kernel.calendar import CountedDay
from shared.kernel.errors import Said


class RuleAnswer(NamedTuple):
    """The answer of one rule: the result, the clause, the sentence, and the facts that the rule used."""

    result: Result
    clause: str
    says: Said
    facts: Mapping[str, str]


class Rule(Protocol):
    """A rule is a function of a rule input and a ground; None when the rule does not apply."""

    __name__: str

    def __call__(self, rule_input: RuleInput, ground: Ground, /) -> RuleAnswer | None: ...


def one_remedy(rule_input: RuleInput, _ground: Ground) -> RuleAnswer | None:
    """A unit that already has a remedy gets no second remedy (B14)."""
    if rule_input.unit.taken is None:
        return None
    said = Said("This piece already has a remedy: {remedy}.", "该件商品已处理：{remedy}。")
    return RuleAnswer(Result.NO, "B14", fill(said, remedy=name(rule_input.unit.taken)), {})


def has_right(_rule_input: RuleInput, ground: Ground) -> RuleAnswer | None:
    """The ground gives a right for this cause (B04)."""
    return RuleAnswer(Result.NO, ground.clause, ground.why_none, {}) if ground.why_none is not None else None


def in_time(rule_input: RuleInput, ground: Ground) -> RuleAnswer | None:
    """The request is within a window with the wished remedy; never no on an assumed delivery (B01, B02, B15, D16)."""
    if ground.why_none is not None:
        return None
    if ground.until is not None:
        answer = _until(rule_input, CountedDay(ground.until), {}, ground.clause, assumed=False)
        return _unless_elsewhere(rule_input, answer, until=ground.until)
    usable = usable_windows(rule_input, ground)
    if not usable:
        said = Said("This gives {remedies}, not what was asked for.", "此项权利提供{remedies}，不包括所请求的方式。")
        given = dict.fromkeys(remedy for each in open_windows(rule_input, ground) for remedy in each.term.remedies)
        return RuleAnswer(Result.NO, ground.clause, fill(said, remedies=names(given)), {})
    last, window = max(((rule_input.last_day(each.term), each) for each in usable), key=lambda pair: pair[0].day)
    start = rule_input.counted_from(window.term.starts)
    facts = {
        "delivered_on": start.day.isoformat(),
        "delivery_known_by": start.source.value,
        "window": window.term.period.say().en,
    }
    answer = _until(rule_input, last, facts, window.clause, assumed=start.source is Source.ASSUMED)
    return _unless_elsewhere(rule_input, answer, windows=[each.term for each in usable])


def _unless_elsewhere(
    rule_input: RuleInput, answer: RuleAnswer, *, windows: Sequence[Window] = (), until: date | None = None
) -> RuleAnswer:
    """A person looks when the time is over here, but not everywhere where the goods may have been delivered (Z10)."""
    if answer.result is not Result.NO or not rule_input.may_be_in_time(windows, until):
        return answer
    last = date.fromisoformat(answer.facts["last_day"])
    said = fill(_PLACE_NOT_KNOWN, day=say_day(last))
    return RuleAnswer(Result.LOOK, answer.clause, said, {**answer.facts, "place": "not known"})


def _until(
    rule_input: RuleInput, last: CountedDay, facts: Mapping[str, str], clause: str, *, assumed: bool
) -> RuleAnswer:
    known = {**facts, "last_day": last.day.isoformat(), "stated_on": rule_input.stated_on.isoformat()}
    if last.provisional:
        known["provisional"] = "true"
    if rule_input.stated_on <= last.day:
        said, result = _IN_TIME[rule_input.cause], Result.YES
    elif assumed:
        some = any(parcel.arrival() is not None for parcel in rule_input.case.parcels)
        said, result = _NOT_ALL_REPORTED if some else _NOT_SURE, Result.LOOK
    elif last.provisional and rule_input.stated_on <= last.day + LONGEST_HOLIDAYS:
        said, result = _NOT_PUBLISHED, Result.LOOK
    else:
        said, result = _TOO_LATE[rule_input.cause], Result.NO
    return RuleAnswer(result, clause, fill(said, day=say_day(last.day)), known)


LONGEST_HOLIDAYS: Final = timedelta(days=14)
"""The longest run of days off. Beyond this time an unpublished calendar makes no difference."""

_IN_TIME: Final = {
    Cause.CHANGE_OF_MIND: Said("It can be returned without a reason until {day}.", "在{day}（含当日）前可无理由退货。"),
    Cause.DEFECT: Said("A problem can be reported until {day}.", "商品问题在{day}（含当日）前可以提出。"),
}
_TOO_LATE: Final = {
    Cause.CHANGE_OF_MIND: Said(
        "The time for returning it without a reason ended on {day}.", "无理由退货期已于{day}届满。"
    ),
    Cause.DEFECT: Said("The time for reporting a problem ended on {day}.", "提出商品问题的期限已于{day}届满。"),
}
_NOT_SURE: Final = Said(
    "No delivery was reported; by our estimate the time ended on {day}, so a person will look it up first.",
    "没有签收记录；按推定期限已于{day}届满，将先由人工核实。",
)
_NOT_ALL_REPORTED: Final = Said(
    "Not every delivery was reported; by our estimate the time ended on {day}, so a person will look it up first.",
    "并非全部包裹都有签收记录；按推定期限已于{day}届满，将先由人工核实。",
)
_NOT_PUBLISHED: Final = Said(
    "The holidays of that year are not published yet; as far as we know the time ended on {day}; a person looks first.",
    "该年度的节假日安排尚未公布；按现有日历期限已于{day}届满，将先由人工核实。",
)


_PLACE_NOT_KNOWN: Final = Said(
    "The time ended on {day}, but where it was delivered a holiday or another midnight may extend it; "
    "a person looks first.",
    "期限已于{day}届满，但收货地的节假日或时区可能使期限顺延，将先由人工核实。",
)


def open_windows(rule_input: RuleInput, ground: Ground) -> tuple[Cited[Window], ...]:
    """The windows that are open after the failed repairs of this unit."""
    return tuple(each for each in ground.windows if rule_input.unit.failed_repairs >= each.term.after_failed_repairs)


def usable_windows(rule_input: RuleInput, ground: Ground) -> tuple[Cited[Window], ...]:
    """The open windows with the remedy that the customer wishes."""
    wish = rule_input.unit.wish
    return tuple(each for each in open_windows(rule_input, ground) if wish is None or wish in each.term.remedies)


def not_excluded(rule_input: RuleInput, ground: Ground) -> RuleAnswer | None:
    """The goods are not excluded. Where the law requires the buyer's consent at the purchase, an exclusion needs that
    consent (B05; 暂行办法 7, 20).
    """
    if ground.why_none is not None or rule_input.cause is Cause.DEFECT:
        return None
    applying = [each for each in ground.exclusions if _applies(rule_input, each.term)]
    if not applying:
        return None
    binding = next((each for each in applying if binds(rule_input, each.term)), None)
    facts = {"goods": ", ".join(sorted({each.term.goods.value for each in applying if each.term.goods is not None}))}
    if binding is None:
        said = Said(
            "This could only be left out if you had confirmed so at the purchase; there is no such consent on record.",
            "此类商品须经您在购买时确认方可不适用退货；我们没有该确认记录，因此不能据此拒绝。",
        )
        return RuleAnswer(Result.YES, applying[0].clause, said, {**facts, "confirmed": "false"})
    said = Said("There is no return without a reason for {goods}.", "{goods}不适用无理由退货。")
    facts["confirmed"] = "true" if binding.term.needs_confirmation else "not needed"
    kind = binding.term.goods
    goods = ground.goods_names.get(binding.clause) or (THESE_GOODS if kind is None else name(kind))
    return RuleAnswer(Result.NO, binding.clause, fill(said, goods=goods), facts)


THESE_GOODS: Final = Said("these goods", "此类商品")


def _applies(rule_input: RuleInput, exclusion: Exclusion) -> bool:
    state_fits = not exclusion.only_if or not exclusion.only_if.isdisjoint(rule_input.unit.states)
    return (exclusion.goods is None or exclusion.goods in rule_input.line.goods) and state_fits


def binds(rule_input: RuleInput, exclusion: Exclusion) -> bool:
    """Whether the exclusion needs no consent of the buyer, or has it (B05)."""
    return not exclusion.needs_confirmation or any(
        confirmed.goods is exclusion.goods and _is_consent(rule_input, confirmed)
        for confirmed in rule_input.line.confirmations
    )


def _is_consent(rule_input: RuleInput, confirmation: Confirmation) -> bool:
    """Whether the buyer confirmed at the purchase, without a default tick."""
    return not confirmation.by_default and confirmation.at <= rule_input.case.ordered_at


def intact(rule_input: RuleInput, ground: Ground) -> RuleAnswer | None:
    """The goods are intact by the test of their class; opening the box or a trial is allowed (B06; 暂行办法 8, 9)."""
    if ground.why_none is not None or ground.promise is not None or rule_input.cause is Cause.DEFECT:
        return None
    states = sorted(rule_input.unit.states)
    facts = {"states": ", ".join(states) or "none stated"}
    failing = [state for state in states if state in ground.refused_states]
    if failing:
        said = Said("It is no longer intact: {states}.", "商品已不完好：{states}。")
        clause = ground.refused_states[failing[0]]
        return RuleAnswer(Result.NO, clause, fill(said, states=names(failing)), facts)
    reducing = [state for state in states if state in ground.reducing_states]
    if reducing:
        said = Said(
            "It can come back; the refund may be reduced for handling beyond what a shop would allow.",
            "可以退回；因超出合理查验的使用造成的价值减损，可能相应减少退款。",
        )
        return RuleAnswer(Result.YES, ground.reducing_states[reducing[0]], said, {**facts, "value_loss": "possible"})
    said = Said("Its condition does not stand in the way.", "商品状况不影响退货。")
    return RuleAnswer(Result.YES, ground.clause, said, facts)


def proofs_complete(rule_input: RuleInput, ground: Ground) -> RuleAnswer | None:
    """Every required proof has been shown; missing proofs are listed one by one (R1.3)."""
    if ground.why_none is not None or not ground.proofs:
        return None
    clause = f"{(ground.policy or rule_input.snapshot).name} proofs, R1.2"
    missing = missing_proofs(rule_input, ground)
    facts = {"asked": ", ".join(ground.proofs), "shown": ", ".join(sorted(rule_input.unit.proofs)) or "nothing"}
    if missing:
        said = fill(Said("Please send us {proofs}.", "请补充：{proofs}。"), proofs=names(missing))
        return RuleAnswer(Result.MISSING, clause, said, facts)
    said = Said("Everything we need has been shown.", "所需材料已齐全。")
    return RuleAnswer(Result.YES, clause, said, facts)


def missing_proofs(rule_input: RuleInput, ground: Ground) -> tuple[Proof, ...]:
    """The proofs that are still missing, in the order of the policy."""
    return tuple(proof for proof in ground.proofs if proof not in rule_input.unit.proofs)


def remedy_offered(rule_input: RuleInput, ground: Ground) -> RuleAnswer | None:
    """A promise gives only the promised remedies."""
    if ground.promise is None or rule_input.unit.wish is None or rule_input.unit.wish in ground.remedies:
        return None
    said = Said("What was promised is {remedies}.", "承诺的处理方式为{remedies}。")
    return RuleAnswer(Result.NO, ground.clause, fill(said, remedies=names(ground.remedies)), {})


RULES: Final[tuple[Rule, ...]] = (one_remedy, has_right, in_time, not_excluded, intact, proofs_complete, remedy_offered)


def remedies_of(rule_input: RuleInput, ground: Ground) -> tuple[Remedy, ...]:
    """The remedies that the ground gives this unit today, the strongest first."""
    if ground.promise is not None:
        return ground.remedies
    given = {
        remedy
        for each in usable_windows(rule_input, ground)
        if rule_input.stated_on <= rule_input.last_day(each.term).day
        for remedy in each.term.remedies
    }
    return tuple(remedy for remedy in Remedy if remedy in given)


def apply_rules(rule_input: RuleInput, ground: Ground) -> tuple[RuleResult, ...]:
    """The results of all rules that apply to this ground."""
    return tuple(
        RuleResult(
            rule=rule.__name__,
            layer=ground.layer,
            ground=ground.name,
            result=said.result,
            clause=said.clause,
            says=said.says,
            facts=said.facts,
        )
        for rule in RULES
        if (said := rule(rule_input, ground)) is not None
    )
