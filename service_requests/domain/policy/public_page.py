"""The public page of a policy, in sentences of both languages, from the same tables that decide (R1.2, B11)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from service_requests.domain.policy.condition import AnyOf, Between, Fact, NoneOf, Season, Test, When
from service_requests.domain.policy.law import LawRule, Regime
from service_requests.domain.policy.policy import FreightRow, Policy, WindowRow
from service_requests.domain.policy.sentences import (
    OR,
    fill,
    listed,
    name,
    names,
    say_amount,
    say_day,
    sentence,
)
from service_requests.domain.policy.term import (
    Duty,
    Exclusion,
    FeeBar,
    Harmless,
    IntactTest,
    RefundClock,
    Retention,
    ReturnFreight,
    SameMeans,
    Window,
)
from service_requests.domain.policy.vocabulary import Cause, Payer, State
from shared.kernel.errors import Language, Said


@dataclass(frozen=True, slots=True)
class PageSection:
    """A heading with its sentences."""

    heading: Said
    sentences: tuple[Said, ...]

    @classmethod
    def of(cls, heading: Said, sentences: Iterable[Said]) -> "PageSection":
        """The section; a sentence that occurs twice stands once."""
        return cls(heading, tuple(dict.fromkeys(sentences)))


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """The whole page."""

    title: Said
    introduction: tuple[Said, ...]
    sections: tuple[PageSection, ...]

    def markdown(self, language: Language) -> str:
        """The page as Markdown in one language."""
        parts = [f"# {self.title.to(language)}", *(each.to(language) for each in self.introduction)]
        for section in self.sections:
            parts.append(f"## {section.heading.to(language)}")
            parts.append("\n".join(f"- {each.to(language)}" for each in section.sentences))
        return "\n\n".join(parts) + "\n"


def public_page(policy: Policy, regimes: Mapping[str, Regime], on: date) -> PolicyPage:
    """What a customer who orders on that day can rely on."""
    served = [regimes[code] for code in policy.regimes if code in regimes]
    sections = (
        PageSection.of(_TIME, _windows(policy, served, Cause.CHANGE_OF_MIND, on)),
        PageSection.of(_CONDITION, _conditions(policy, served, on)),
        PageSection.of(_LEFT_OUT, _exclusions(policy, served, on)),
        PageSection.of(_FAULTY, _windows(policy, served, Cause.DEFECT, on)),
        PageSection.of(_SHOW, _proofs(policy)),
        PageSection.of(_FREIGHT, _freight(policy, served, on)),
        PageSection.of(_MONEY, _money(policy, served, on)),
        PageSection.of(_WHERE, _addresses(policy, served)),
        PageSection.of(_DECISION, _promises(policy)),
        PageSection.of(_RECORDS, _records(policy, served, on)),
        PageSection.of(_LAW, _duties(served, on)),
    )
    until = policy.effective_until
    introduction = fill(
        Said(
            "This is version {version} of the returns policy of {merchant}. It is in force from {day}{end}, and the "
            "version of the day of your order stays yours.",
            "本文为{merchant}退货政策第 {version} 版，自{day}起施行{end}；您的订单始终适用下单当日的版本。",
        ),
        version=policy.version,
        merchant=policy.merchant,
        day=say_day(policy.effective_from),
        end=fill(Said(" until the day before {day}", "，至{day}前一日止"), day=say_day(until))
        if until
        else Said("", ""),
    )
    return PolicyPage(policy.title, (introduction, KINDEST), tuple(each for each in sections if each.sentences))


KINDEST: Final = Said(
    "Whatever is kindest to you counts: the law of your country, this policy, a kinder later one, or what we promised.",
    "以对您最有利者为准：您所在地的法律、本政策、更优惠的后续政策，或者我们对您的承诺。",
)
_TIME: Final = Said("How long you can return something without a reason", "无理由退货的期限")
_CONDITION: Final = Said("In what condition", "商品状况要求")
_LEFT_OUT: Final = Said("What cannot be returned without a reason", "不适用无理由退货的商品")
_FAULTY: Final = Said("When something is wrong with the goods", "商品存在问题时")
_SHOW: Final = Said("What we ask you to show us", "需要您提供的材料")
_FREIGHT: Final = Said("Who pays for sending back", "退货运费")
_MONEY: Final = Said("Your money", "退款")
_WHERE: Final = Said("Where to send it", "退货地址")
_DECISION: Final = Said("How we decide, and how you can object", "审核与异议")
_RECORDS: Final = Said("How long we keep records", "记录保存期限")
_LAW: Final = Said("What the law also says", "法律的其他规定")
_IN: Final = Said("{regime}: {says} ({clause}).", "{regime}：{says}（{clause}）。")


def _by_law(regime: Regime, rule: LawRule) -> Said:
    return fill(
        _IN, regime=regime.name, says=Said(rule.says.en.rstrip("."), rule.says.zh.rstrip("。")), clause=rule.article
    )


def _rules(served: Iterable[Regime], on: date, *kinds: type) -> Iterator[tuple[Regime, LawRule]]:
    for regime in served:
        yield from ((regime, rule) for rule in regime.on(on).rules if isinstance(rule.term, kinds))


def _windows(policy: Policy, served: Iterable[Regime], cause: Cause, on: date) -> Iterator[Said]:
    rows = [row for row in policy.windows if row.window.cause is cause]
    yield from (_window(policy, row, alone=len(rows) == 1) for row in rows)
    for regime, rule in _rules(served, on, Window):
        if isinstance(rule.term, Window) and rule.term.cause is cause:
            yield _by_law(regime, rule)


_FOR_NO_REASON: Final = Said(
    "{when} you have {period} after delivery for {remedies}.", "{when}自签收次日起{period}内可以{remedies}。"
)


def _window(policy: Policy, row: WindowRow, *, alone: bool) -> Said:
    said = fill(
        _FOR_NO_REASON,
        when=say_when(policy, row.when, alone=alone),
        period=row.window.period.say(),
        remedies=listed([name(remedy) for remedy in row.window.remedies], last=OR),
    )
    return sentence(said)


def say_when(policy: Policy, when: When, *, alone: bool = False) -> Said:
    """The condition of a row as the beginning of a sentence; `alone` means that the table has no other row."""
    if not when.tests:
        return Said("in every case", "") if alone else Said("in every other case", "其他情况下，")
    currency = next(iter(when.words(Fact.CURRENCY)), policy.currency)
    parts = [_say_test(policy, fact, test, currency) for fact, test in when.tests.items()]
    joined = listed(parts, last=Said(" and ", "且"))
    return Said(joined.en + ",", joined.zh + "，")


def _say_test(policy: Policy, fact: Fact, test: Test, currency: str) -> Said:
    match test:
        case AnyOf(words=words):
            return fill(_TEST_SENTENCES[fact], words=_either(policy, fact, words))
        case NoneOf(words=words):
            return fill(_NOT[fact], words=_either(policy, fact, words))
        case Between(least=least, most=most):
            return _bounds(BOUNDS[fact], currency, least, most)
        case Season(first=first, last=last):
            return _season(first, last)


_TEST_SENTENCES: Final[Mapping[Fact, Said]] = {
    Fact.REGIME: Said("in {words}", "在{words}"),
    Fact.CATEGORY: Said("for {words}", "对于{words}"),
    Fact.CHANNEL: Said("for orders by {words}", "对于通过{words}下的订单"),
    Fact.SEGMENT: Said("for {words} customers", "对于{words}客户"),
    Fact.REASON: Said("if the reason is {words}", "如原因为{words}"),
    Fact.SKU: Said("for the article {words}", "对于货号{words}"),
    Fact.CURRENCY: Said("for orders in {words}", "对于以{words}结算的订单"),
    Fact.STATE: Said("if {words}", "如{words}"),
}
_NOT: Final[Mapping[Fact, Said]] = {
    Fact.REGIME: Said("outside {words}", "{words}除外"),
    Fact.CATEGORY: Said("except for {words}", "{words}除外"),
    Fact.CHANNEL: Said("except for orders by {words}", "通过{words}下的订单除外"),
    Fact.SEGMENT: Said("except for {words} customers", "{words}客户除外"),
    Fact.REASON: Said("unless the reason is {words}", "原因为{words}的除外"),
    Fact.SKU: Said("except for the article {words}", "货号{words}除外"),
    Fact.CURRENCY: Said("except for orders in {words}", "以{words}结算的订单除外"),
    Fact.STATE: Said("unless {words}", "{words}的除外"),
}


def _either(policy: Policy, fact: Fact, words: frozenset[str]) -> Said:
    named: Mapping[str, Said] = {}
    if fact is Fact.CATEGORY:
        named = {code: category.says for code, category in policy.categories.items()}
    elif fact is Fact.REASON:
        named = {code: fill(QUOTED, reason=reason.says) for code, reason in policy.reasons.items()}
    elif fact is Fact.REGIME:
        named = _REGIMES
    elif fact is Fact.STATE:
        named = {state.value: name(state) for state in State}
    return listed([named.get(word, Said(word, word)) for word in sorted(words)], last=OR)


QUOTED: Final = Said("“{reason}”", "“{reason}”")
_REGIMES: Final = {
    "CN": Said("mainland China", "中国大陆"),
    "EU": Said("the European Union", "欧盟"),
    "UK": Said("the United Kingdom", "英国"),
    "US": Said("the United States", "美国"),
}


BOUNDS: Final = {
    Fact.VALUE_MINOR: Said("for items of", "单价"),
    Fact.TOTAL_MINOR: Said("for returns worth", "退货总额"),
}


_BOUNDS: Final = {
    # at least, at most: given or not
    (True, True): Said("{what} {least} to {most}", "{what}{least}至{most}的"),
    (True, False): Said("{what} at least {least}", "{what}不低于{least}的"),
    (False, True): Said("{what} at most {most}", "{what}不高于{most}的"),
}


def _bounds(what: Said, currency: str, least: int | None, most: int | None) -> Said:
    bounds = {"least": least, "most": most}
    amounts = {bound: say_amount(minor, currency) for bound, minor in bounds.items() if minor is not None}
    return fill(_BOUNDS[least is not None, most is not None], what=what, **amounts)


_SEASONS: Final = {
    # first day, last day: given or not
    (True, True): Said("if you order from {first} to {last}", "在{first}至{last}期间下单的"),
    (True, False): Said("if you order from {first} on", "自{first}起下单的"),
    (False, True): Said("if you order until {last}", "在{last}（含当日）前下单的"),
}


def _season(first: date | None, last: date | None) -> Said:
    days = {"first": first, "last": last}
    given = {end: say_day(day) for end, day in days.items() if day is not None}
    return fill(_SEASONS[first is not None, last is not None], **given)


def _conditions(policy: Policy, served: Iterable[Regime], on: date) -> Iterator[Said]:
    for row in policy.intact:
        said = Said("{when} we do not take it back{beyond} once {states}.", "{when}{states}的，{beyond}不予退货。")
        beyond = Said(" beyond the time that the law gives", "在法定期限之外") if row.beyond_law else Said("", "")
        yield sentence(fill(said, when=say_when(policy, row.when), states=_or(row.states), beyond=beyond))
    if policy.waived_states:
        said = Said("It is all the same to us if {states}.", "{states}不影响退货。")
        yield fill(said, states=_or(policy.waived_states))
    yield from (_by_law(regime, rule) for regime, rule in _rules(served, on, Harmless, IntactTest))


def _or(states: Iterable[State]) -> Said:
    return listed([name(state) for state in sorted(states)], last=OR)


def _exclusions(policy: Policy, served: Iterable[Regime], on: date) -> Iterator[Said]:
    for row in policy.exclusions:
        said = Said("{when} {goods} cannot be returned{confirmed}.", "{when}{goods}不适用无理由退货{confirmed}。")
        confirmed = Said(", if you confirmed so at the purchase", "（须经您在购买时确认）")
        yield sentence(
            fill(
                said,
                when=say_when(policy, row.when),
                goods=row.says or name(row.goods),
                confirmed=confirmed if row.needs_confirmation else Said("", ""),
            )
        )
    for regime, rule in _rules(served, on, Exclusion):
        if isinstance(rule.term, Exclusion) and rule.term.goods not in policy.waived_exclusions:
            yield _by_law(regime, rule)


def _proofs(policy: Policy) -> Iterator[Said]:
    for row in policy.proofs:
        said = Said("{when} please send us {proofs}.", "{when}请提供{proofs}。")
        alone = len(policy.proofs) == 1
        yield sentence(fill(said, when=say_when(policy, row.when, alone=alone), proofs=names(row.required)))


def _freight(policy: Policy, served: Iterable[Regime], on: date) -> Iterator[Said]:
    yield from (_freight_row(policy, row) for row in policy.freight)
    yield from (_by_law(regime, rule) for regime, rule in _rules(served, on, ReturnFreight))


def _freight_row(policy: Policy, row: FreightRow) -> Said:
    causes = {
        Cause.CHANGE_OF_MIND: Said("returns without a reason", "无理由退货"),
        Cause.DEFECT: Said("goods with a problem", "问题商品退货"),
    }
    said = Said("{when} we pay for {what}.", "{when}{what}的运费由我们承担。")
    amount = Said("", "")
    if row.payer is Payer.CUSTOMER:
        said = Said("{when} you pay for {what}{amount}.", "{when}{what}的运费由您承担{amount}。")
        if row.amount is not None:
            about = Said(": {amount}", "：{amount}")
            amount = fill(about, amount=say_amount(row.amount.minor, row.amount.currency))
    alone = sum(each.cause is row.cause for each in policy.freight) == 1
    when = say_when(policy, row.when, alone=alone)
    return sentence(fill(said, when=when, what=causes[row.cause], amount=amount))


_REFUND: Final = {
    Cause.CHANGE_OF_MIND: Said(
        "{when} we refund a return without a reason within {period} of {event}.",
        "{when}无理由退货的，在{event}后{period}内退款。",
    ),
    Cause.DEFECT: Said(
        "{when} we refund goods with a problem within {period} of {event}.",
        "{when}商品存在问题的，在{event}后{period}内退款。",
    ),
}


def _money(policy: Policy, served: Iterable[Regime], on: date) -> Iterator[Said]:
    for row in policy.refunds:
        said = _REFUND[row.clock.cause]
        event = listed([name(each) for each in row.clock.starts], last=OR)
        alone = sum(each.clock.cause is row.clock.cause for each in policy.refunds) == 1
        when = say_when(policy, row.when, alone=alone)
        yield sentence(fill(said, when=when, period=row.clock.period.say(), event=event))
    for fee in policy.fees:
        said = Said("{when} we keep {percent} % of the price.", "{when}我们收取价款的{percent}%。")
        percent = f"{fee.basis_points / 100:g}"
        yield sentence(fill(said, when=say_when(policy, fee.when), percent=percent))
    yield from (_by_law(regime, rule) for regime, rule in _rules(served, on, RefundClock, SameMeans, FeeBar))


def _addresses(policy: Policy, served: Iterable[Regime]) -> Iterator[Said]:
    for regime in served:
        row = next((row for row in policy.addresses if row.when.may_be(Fact.REGIME, regime.code)), None)
        if row is not None:
            said = Said(
                "{regime}: {place}; ask for {contact}, {phone}; we recommend {carriers}.",
                "{regime}：{place}；联系人：{contact}，电话：{phone}；推荐物流：{carriers}。",
            )
            place = ", ".join((row.recipient, *row.lines))
            carriers = listed([Said(each, each) for each in row.carriers], last=OR)
            yield fill(said, regime=regime.name, place=place, contact=row.contact, phone=row.phone, carriers=carriers)


_LOOKS: Final = Said("{when} a person looks before we accept: {says}", "{when}由人工查看后决定：{says}")


def _promises(policy: Policy) -> Iterator[Said]:
    hours = policy.promises.decide_hours
    if hours is None:
        yield Said("We decide by the end of the next working day.", "我们在下一个工作日结束前作出决定。")
    else:
        yield Said(f"We decide within {hours} working hours.", f"我们在{hours}个工作小时内作出决定。")
    for row in policy.persons:
        yield sentence(fill(_LOOKS, when=say_when(policy, row.when), says=row.says))
    said = Said(
        "A refusal names every rule with its clause and what we can offer instead; you can object within {period}, and "
        "a person decides.",
        "拒绝时我们会说明每一条规则及其依据，并提供替代方案；您可以在{period}内提出异议，由人工决定。",
    )
    yield fill(said, period=policy.promises.object_within.say())
    if policy.promises.send_back is not None:
        send = Said("You have {period} for sending it back.", "您有{period}的时间寄回商品。")
        yield fill(send, period=policy.promises.send_back.say())


def _records(policy: Policy, served: Iterable[Regime], on: date) -> Iterator[Said]:
    for kept in policy.retention:
        said = Said("We keep {record} for {period}.", "{record}保存{period}。")
        yield fill(said, record=name(kept.record), period=kept.period.say())
    yield from (_by_law(regime, rule) for regime, rule in _rules(served, on, Retention))


def _duties(served: Iterable[Regime], on: date) -> Iterator[Said]:
    yield from (_by_law(regime, rule) for regime, rule in _rules(served, on, Duty))
