"""A published policy version: by whom, when, word for word. A publication never changes (R1.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from service_requests.domain.policy.condition import Fact
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_problem import PolicyProblem
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.sentences import fill, say_day
from service_requests.domain.policy.term import ReturnFreight
from service_requests.domain.policy.vocabulary import Cause, Payer
from shared.kernel.errors import Refused, Said


@dataclass(frozen=True, slots=True)
class PolicyPublished:
    """A version has been published."""


class PolicyDiffers(Refused):
    """A version with the same name and other contents exists."""

    code = "policy_differs"
    title = Said("This version was published before", "该版本已发布")
    detail = Said(
        "{name} was published before with other contents; a version is never changed. Give it a new number.",
        "{name} 此前已以不同内容发布；已发布的版本不可更改，请使用新的版本号。",
    )


@dataclass(slots=True, kw_only=True)
class Publication:
    """One published version. `id` is the name, `document` the text as sent, `sha256` the digest of the policy."""

    id: str
    document: str
    sha256: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    published_by: str
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The name of the version in orders and decisions."""
        return self.id


def publication_problems(policy: Policy, rules: Rulebook, at: datetime) -> tuple[PolicyProblem, ...]:
    """Problems that prevent the publication now, besides the problems that `policy_checks` finds."""
    return (*_in_the_past(policy, rules, at), *missing_freight_amounts(policy, rules.regimes))


def _in_the_past(policy: Policy, rules: Rulebook, at: datetime) -> Iterator[PolicyProblem]:
    """The policy would govern orders that were made before the publication."""
    today = max(rules.days(code).day_of(at) for code in policy.regimes)
    if policy.effective_from < today:
        said = Said(
            "A version can begin on {day} or later, so that nobody's order changes.",
            "新版本最早自{day}起生效，以免影响已有订单。",
        )
        yield PolicyProblem(("effective_from",), "R1.2", fill(said, day=say_day(today)))


_HOW_MUCH = Said(
    "Where the customer pays the way back, the amount must be said; nothing is said for {regime}.",
    "由消费者承担退货运费时必须写明金额；{regime} 未写明。",
)


def missing_freight_amounts(policy: Policy, regimes: Mapping[str, Regime]) -> Iterator[PolicyProblem]:
    """The customer would pay an amount that nobody has told her (R2.4, D07)."""
    for place, row in enumerate(policy.freight):
        if row.payer is Payer.CUSTOMER and row.amount is None:
            regime = next((code for code in policy.regimes if row.when.may_be(Fact.REGIME, code)), policy.regimes[0])
            yield PolicyProblem(("freight", place), "R2.4", fill(_HOW_MUCH, regime=regime))
    for place, code in enumerate(policy.regimes):
        rows = [row for row in policy.freight if row.cause is Cause.CHANGE_OF_MIND]
        law = regimes[code].on(policy.effective_from)
        by_law = any(
            each.term.payer is Payer.CUSTOMER and each.term.cause is Cause.CHANGE_OF_MIND
            for each in law.cited(ReturnFreight)
        )
        if by_law and not any(row.when.may_be(Fact.REGIME, code) for row in rows):
            yield PolicyProblem(("regimes", place), "R2.4", fill(_HOW_MUCH, regime=code))
