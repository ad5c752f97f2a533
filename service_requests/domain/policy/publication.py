"""A published policy version: by whom, when, word for word. A publication never changes (R1.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from service_requests.domain.policy.condition import Fact
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.outbound_pair import outbound_problems
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_problem import PolicyProblem
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.sentences import fill, say_day
from service_requests.domain.policy.term import Promotion, ReturnFreight
from service_requests.domain.policy.vocabulary import Cause, Mode, Payer
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
    return (
        *_in_the_past(policy, rules, at),
        *missing_freight_amounts(policy, rules.regimes),
        *outbound_problems(policy),
        *without_effect(policy, rules.regimes),
    )


def first_day(policy: Policy, rules: Rulebook, at: datetime) -> date:
    """The first day on which a version can begin: today, where its regimes have got furthest in the calendar."""
    return max(rules.days(code).day_of(at) for code in policy.regimes)


def without_effect(policy: Policy, regimes: Mapping[str, Regime]) -> Iterator[PolicyProblem]:
    """What could be published but would change nothing (Z12)."""
    for place, row in enumerate(policy.addresses):
        if row.collect_on_delivery:
            said = Said(
                "Parcels whose freight is paid on arrival cannot be taken in yet; leave this out.",
                "目前无法接收运费到付的包裹，请删除此项。",
            )
            yield PolicyProblem(("addresses", place, "collect_on_delivery"), "R2.4", said)
    for place, exclusion in enumerate(policy.exclusions):
        if exclusion.goods is None and exclusion.needs_confirmation:
            said = Said(
                "An order confirms kinds of goods, so name the kind in `goods`.",
                "订单中的确认以商品类型为准，请在 goods 中写明类型。",
            )
            yield PolicyProblem(("exclusions", place, "needs_confirmation"), "B05", said)
        if exclusion.goods is None and not exclusion.when.tests:
            said = Said(
                "It leaves out everything. Name a kind of goods or a condition.",
                "此项排除了全部商品，请写明类型或条件。",
            )
            yield PolicyProblem(("exclusions", place, "when"), "B05", said)
    for place, promotion in enumerate(policy.promotions):
        for code in policy.regimes:
            lawful = next((each.term.mode for each in regimes[code].on(policy.effective_from).cited(Promotion)), None)
            if promotion.mode is Mode.RE_RATE is not lawful and promotion.when.may_be(Fact.REGIME, code):
                said = Said(
                    "In {regime} nobody keeps a record that the customer was told, so every article keeps its share.",
                    "在 {regime} 没有已事先告知消费者的记录，因此各商品保留原分摊优惠。",
                )
                yield PolicyProblem(("promotions", place, "mode"), "H02", fill(said, regime=code))


def _in_the_past(policy: Policy, rules: Rulebook, at: datetime) -> Iterator[PolicyProblem]:
    """The policy would govern orders that were made before the publication."""
    today = first_day(policy, rules, at)
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
