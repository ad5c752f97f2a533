"""The shapes of conditions: when a row of a policy applies."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from service_requests.adapters.policy.document_shape import UNIQUE, Codes, Minor, Shape
from service_requests.domain.policy import condition
from shared.documents.shape import Code, Day, distinct
from shared.kernel.written import LONGEST_ID, written

Article = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID), AfterValidator(written)]
Articles = Annotated[tuple[Article, ...], AfterValidator(distinct), Field(min_length=1, json_schema_extra=UNIQUE)]


class WordTest(Shape):
    """Exactly one operator over words."""

    is_: Annotated[Code | None, Field(alias="is")] = None
    any_of: Codes | None = None
    none_of: Codes | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Self:
        if sum(each is not None for each in (self.is_, self.any_of, self.none_of)) != 1:
            raise ValueError("uses exactly one of is, any_of, none_of")
        return self

    def build(self) -> condition.Test:
        if self.none_of is not None:
            return condition.NoneOf(frozenset(self.none_of))
        return condition.AnyOf(frozenset(self.any_of or (self.is_ or "",)))


class ArticleTest(WordTest):
    """The same over articles: any visible text, compared without case (Z36)."""

    is_: Annotated[Article | None, Field(alias="is")] = None
    any_of: Articles | None = None
    none_of: Articles | None = None


class NumberTest(Shape):
    """Bounds, both included; at least one of them."""

    at_least: Minor | None = None
    at_most: Minor | None = None

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("uses at_least, at_most or both")
        return self

    def build(self) -> condition.Test:
        return condition.Between(self.at_least, self.at_most)


class DayTest(Shape):
    """A season from the first day to the last, both included; at least one of them."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.from_ is None and self.until is None:
            raise ValueError("uses from, until or both")
        return self

    def build(self) -> condition.Test:
        return condition.Season(self.from_, self.until)


class WhenShape(Shape):
    """All that is named must hold."""

    regime: WordTest | None = None
    category: WordTest | None = None
    channel: WordTest | None = None
    segment: WordTest | None = None
    reason: WordTest | None = None
    sku: ArticleTest | None = None
    currency: WordTest | None = None
    state: WordTest | None = None
    value_minor: NumberTest | None = None
    total_minor: NumberTest | None = None
    ordered_on: DayTest | None = None

    def build(self) -> condition.When:
        tests = {fact: getattr(self, fact) for fact in condition.Fact}
        return condition.When({fact: test.build() for fact, test in tests.items() if test is not None})


ALWAYS: Final = WhenShape()
