"""Why the engine cannot decide: facts contradict each other, or no policy and no law names them."""

from typing import Any, Final

from shared.kernel.errors import Language, Malformed, Said


class _BecauseOf(Malformed):
    """An error whose detail is one sentence."""

    def __init__(self, pointer: str, why: Said, **facts: Any) -> None:
        self.why = why
        super().__init__(pointer=pointer, **facts)

    def say(self, language: Language) -> str:
        return self.why.to(language, **self.facts)


class UnknownRegime(Malformed):
    """There is no law pack with that code."""

    code = "unknown_regime"
    title = Said("Unknown legal regime", "未知的法律辖区")
    detail = Said("{regime} is none of {known}.", "{regime} 不在以下范围内：{known}。")


class NoPolicy(Malformed):
    """No policy was in force for the order."""

    code = "no_policy"
    title = Said("No policy was in force", "没有生效的退货政策")
    detail = Said("No policy governs {regime} on {day}.", "{day} 在 {regime} 没有生效的退货政策。")


class UnknownPolicy(Malformed):
    """The order names a policy version that does not exist."""

    code = "unknown_policy"
    title = Said("Unknown policy version", "未知的政策版本")
    detail = Said(
        "The order was made under {policy}, which is not among {known}.", "订单适用的 {policy} 不在 {known} 中。"
    )


class UnknownWord(Malformed):
    """A category, channel, segment or reason that the order's policy does not list."""

    code = "unknown_word"
    title = Said("Not in the policy", "政策未列出")
    detail = Said("{word} is none of: {known}.", "{word} 不在以下范围内：{known}。")


class ImpossibleTime(_BecauseOf):
    """A moment without a zone, outside the years of the calendars, or before a moment that it must follow."""

    code = "impossible_time"
    title = Said("This moment is not possible", "时间无效")


class InvalidCase(_BecauseOf):
    """Facts that contradict each other."""

    code = "invalid_case"
    title = Said("The facts do not fit together", "事实不一致")


FIRST_AND_LAST_YEAR: Final = range(2000, 2101)


FAR_FROM_TODAY: Final = Said("the year is not between 2000 and 2100", "年份须在2000至2100之间")
