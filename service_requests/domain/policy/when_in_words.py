"""The condition of a row as the beginning of a sentence, in both languages (R1.2, Z14)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from service_requests.domain.policy.condition import AnyOf, Between, Fact, NoneOf, Season, Test, When
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.rates import factor, least_in, most_in
from service_requests.domain.policy.sentences import OR, fill, listed, name, say_amount, say_day
from service_requests.domain.policy.vocabulary import State
from shared.kernel.errors import Said


def say_when(policy: Policy, when: When, *, alone: bool = False) -> Said:
    """The condition of a row as the beginning of a sentence; `alone` means that the table has no other row."""
    if not when.tests:
        return Said("in every case", "") if alone else Said("in every other case", "其他情况下，")
    parts = [_say_test(policy, fact, test, when) for fact, test in when.tests.items()]
    joined = listed(parts, last=Said(" and ", "且"))
    return Said(joined.en + ",", joined.zh + "，")


def _say_test(policy: Policy, fact: Fact, test: Test, when: When) -> Said:
    match test:
        case AnyOf(words=words):
            return fill(_TEST_SENTENCES[fact], words=_either(policy, fact, words))
        case NoneOf(words=words):
            return fill(_NOT[fact], words=_either(policy, fact, words))
        case Between(least=least, most=most):
            own = sorted(when.words(Fact.CURRENCY)) if when.in_its_currency else None
            return bounds_in_words(policy, BOUNDS[fact], own, least, most)
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


def bounds_in_words(
    policy: Policy, what: Said, currencies: Sequence[str] | None, least: int | None, most: int | None
) -> Said:
    """The bounds in each currency that a row names; else in the currencies of its regimes, by the rates (Z14)."""
    if currencies is not None:
        said = [_bounds(_SAME if place else what, word, least, most) for place, word in enumerate(currencies)]
        return listed(said, last=OR)
    first = _bounds(what, policy.currency, least, most)
    others = [each for code in policy.regimes for each in CURRENCIES.get(code, ()) if each != policy.currency]
    there = [
        _bounds(
            _SAME,
            each,
            None if least is None else least_in(policy.rates, least, policy.currency, each),
            None if most is None else most_in(policy.rates, most, policy.currency, each),
        )
        for each in dict.fromkeys(others)
        if factor(policy.rates, policy.currency, each) is not None
    ]
    if not there:
        return first
    also = Said("{first} ({there}; the same value in another currency)", "{first}（{there}；其他币种按等值计算）")
    others_said = Said(", ".join(each.en for each in there), "、".join(each.zh for each in there))
    return fill(also, first=first, there=others_said)


_SAME: Final = Said("", "")


def _bounds(what: Said, currency: str, least: int | None, most: int | None) -> Said:
    bounds = {"least": least, "most": most}
    amounts = {bound: say_amount(minor, currency) for bound, minor in bounds.items() if minor is not None}
    said = fill(_BOUNDS[least is not None, most is not None], what=what, **amounts)
    return Said(said.en.strip(), said.zh)


CURRENCIES: Final[Mapping[str, tuple[str, ...]]] = {"CN": ("CNY",), "EU": ("EUR",), "UK": ("GBP",), "US": ("USD",)}
"""The usual currency of each regime."""


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
