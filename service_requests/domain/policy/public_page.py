"""The public page of a policy, in sentences of both languages, from the same tables that decide (R1.2, B11)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from service_requests.domain.policy.condition import Fact
from service_requests.domain.policy.law import LawRule, Regime
from service_requests.domain.policy.outbound_pair import say_outbound
from service_requests.domain.policy.policy import FreightRow, Policy, WindowRow, excluded_goods
from service_requests.domain.policy.sentences import (
    OR,
    fill,
    listed,
    name,
    names,
    say_amount,
    say_day,
    say_percent,
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
from service_requests.domain.policy.vocabulary import Cause, Payer, State, TenderOrder
from service_requests.domain.policy.when_in_words import say_when
from service_requests.domain.policy.words_of_money import PROMOTIONS, TENDER_ORDERS
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
        if row.goods is None and row.says is None:
            said = Said("{when} there is no return without a reason.", "{when}不适用无理由退货。")
        confirmed = Said(", if you confirmed so at the purchase", "（须经您在购买时确认）")
        yield sentence(
            fill(
                said,
                when=say_when(policy, row.when),
                goods=row.says or excluded_goods(policy, row),
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
        alone = sum(each.cause is fee.cause for each in policy.fees) == 1
        when = say_when(policy, fee.when, alone=alone)
        yield sentence(fill(said, when=when, percent=say_percent(fee.basis_points)))
    for out in policy.outbound:
        said = Said("{when} of what you paid for delivery, {what}{cause}.", "{when}{cause}发货运费：{what}。")
        alone = sum(each.cause is out.cause for each in policy.outbound) == 1
        cause = Said(" (goods with a problem)", "商品存在问题的，") if out.cause is Cause.DEFECT else Said("", "")
        when = say_when(policy, out.when, alone=alone)
        yield sentence(fill(said, when=when, what=say_outbound(out.whole, out.part), cause=cause))
    for promotion in policy.promotions:
        when = say_when(policy, promotion.when, alone=len(policy.promotions) == 1)
        yield sentence(fill(Said("{when} {what}", "{when}{what}"), when=when, what=_inside(PROMOTIONS[promotion.mode])))
    if policy.tender_order is not TenderOrder.PROPORTIONAL:
        yield TENDER_ORDERS[policy.tender_order]
        if "CN" in policy.regimes:
            yield BY_SHARE
    yield from (_by_law(regime, rule) for regime, rule in _rules(served, on, RefundClock, SameMeans, FeeBar))


BY_SHARE: Final = Said(
    "In mainland China each way of payment gets its share back (暂行办法 14).",
    "中国大陆：按照各种支付方式的实际支付价款以相应方式退款（暂行办法 14）。",
)


def _inside(said: Said) -> Said:
    return Said(said.en[:1].lower() + said.en[1:], said.zh)


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
