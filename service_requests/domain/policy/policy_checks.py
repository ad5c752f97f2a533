"""Whether a policy is consistent: names are known, rows do not contradict, every row can apply (B07, B12)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from service_requests.domain.policy.condition import Between, Fact, Season, When
from service_requests.domain.policy.policy import Policy, Row
from service_requests.domain.policy.policy_problem import Place, PolicyProblem
from service_requests.domain.policy.sentences import fill
from service_requests.domain.policy.vocabulary import RULE_NAMES as RULES, Cause, State
from shared.kernel.errors import Said

TABLES: Final = (
    "addresses", "windows", "exclusions", "intact", "proofs", "freight", "fees", "refunds", "promotions", "outbound",
    "alternatives", "persons",
)  # fmt: skip
FIRST_ROW_ANSWERS: Final = ("windows", "freight", "fees", "refunds", "promotions", "outbound", "addresses")


def problems_in(policy: Policy, calendars: Iterable[str], regimes: Iterable[str]) -> tuple[PolicyProblem, ...]:
    """Every problem of the policy, in the order of the document."""
    return tuple(_problems(policy, frozenset(calendars), frozenset(regimes)))


def _problems(policy: Policy, calendars: frozenset[str], regimes: frozenset[str]) -> Iterator[PolicyProblem]:
    yield from _dates(policy)
    yield from _names(policy, calendars, regimes)
    yield from _categories(policy)
    for table in TABLES:
        rows: Sequence[Row] = getattr(policy, table)
        yield from _ids(table, rows)
        yield from (
            problem for place, row in enumerate(rows) for problem in _when((table, place, "when"), row.when, policy)
        )
    for table in FIRST_ROW_ANSWERS:
        yield from _order(table, getattr(policy, table))
    yield from _segments(policy)
    yield from _coverage(policy)
    for place, row in enumerate(policy.alternatives):
        for rule in sorted(row.instead_of - set(RULES)):
            yield _unknown(("alternatives", place, "instead_of"), rule, RULES)


def _dates(policy: Policy) -> Iterator[PolicyProblem]:
    if policy.effective_until is not None and policy.effective_until <= policy.effective_from:
        yield PolicyProblem(
            ("effective_until",), "dates", Said("It ends before it begins.", "结束日期不晚于生效日期。")
        )


def _names(policy: Policy, calendars: frozenset[str], regimes: frozenset[str]) -> Iterator[PolicyProblem]:
    if policy.calendar is not None and policy.calendar not in calendars:
        yield _unknown(("calendar",), policy.calendar, calendars)
    for place, regime in enumerate(policy.regimes):
        if regime not in regimes:
            yield _unknown(("regimes", place), regime, regimes)
    limits = [(row.role, row.up_to.currency) for row in policy.goodwill]
    for place, limit in enumerate(limits):
        if limit in limits[:place]:
            yield PolicyProblem(
                ("goodwill", place),
                "twice",
                Said("This role has a limit in this currency already.", "该角色在此币种下已有限额。"),
            )


def _categories(policy: Policy) -> Iterator[PolicyProblem]:
    for code, category in policy.categories.items():
        if category.parent is None:
            continue
        if category.parent not in policy.categories:
            yield _unknown(("categories", code, "parent"), category.parent, policy.categories)
        elif _is_its_own_ancestor(code, policy):
            said = Said("This category is above itself: the parents go round in a circle.", "分类的上级形成循环。")
            yield PolicyProblem(("categories", code, "parent"), "cycle", said)


def _is_its_own_ancestor(code: str, policy: Policy) -> bool:
    seen: set[str] = set()
    above = policy.categories[code].parent
    while above is not None and above in policy.categories and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = policy.categories[above].parent
    return False


def _ids(table: str, rows: Sequence[Row]) -> Iterator[PolicyProblem]:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if row.id in seen:
            yield PolicyProblem((table, place, "id"), "twice", Said("This id is used twice.", "编号重复。"))
        seen.add(row.id)


def _when(place: Place, when: When, policy: Policy) -> Iterator[PolicyProblem]:
    known: Mapping[Fact, Iterable[str]] = {
        Fact.REGIME: policy.regimes,
        Fact.CATEGORY: policy.categories,
        Fact.CHANNEL: policy.channels,
        Fact.SEGMENT: policy.segments,
        Fact.REASON: policy.reasons,
        Fact.STATE: frozenset(State),
    }
    for fact, words in known.items():
        for word in sorted(when.words(fact) - set(words)):
            yield _unknown((*place, fact.value), word, words)
    for fact, test in when.tests.items():
        match test:
            case Between(least=int(least), most=int(most)) if least > most:
                yield PolicyProblem((*place, fact.value), "never", _NEVER)
            case Season(first=first, last=last) if first is not None and last is not None and first > last:
                yield PolicyProblem((*place, fact.value), "never", _NEVER)


_NEVER: Final = Said("This can never hold.", "该条件不可能成立。")


def _order(table: str, rows: Sequence[Row]) -> Iterator[PolicyProblem]:
    """The first row that applies decides. A row that an earlier row covers can never apply; equal rows overlap."""
    for place, row in enumerate(rows):
        for earlier in rows[:place]:
            if _question(earlier) is not _question(row):
                continue
            if earlier.when.covers(row.when):
                said = Said(
                    "The row {earlier} applies wherever this one does, so this one never answers.",
                    "规则 {earlier} 已涵盖此规则的全部情形，此规则永远不会生效。",
                )
                yield PolicyProblem((table, place, "when"), "unreachable", fill(said, earlier=earlier.id))
            elif _is_the_same_but_for_a_season(earlier.when, row.when):
                said = Said("Its season overlaps with that of {earlier}.", "适用期间与规则 {earlier} 重叠。")
                yield PolicyProblem((table, place, "when"), "overlap", fill(said, earlier=earlier.id))


def _question(row: Row) -> Cause | None:
    for part in (row, getattr(row, "window", None), getattr(row, "clock", None)):
        cause = getattr(part, "cause", None)
        if isinstance(cause, Cause):
            return cause
    return None


def _is_the_same_but_for_a_season(one: When, other: When) -> bool:
    both = Fact.ORDERED_ON in one.tests and Fact.ORDERED_ON in other.tests
    return both and one.without(Fact.ORDERED_ON) == other.without(Fact.ORDERED_ON) and one.meets(other)


def _segments(policy: Policy) -> Iterator[PolicyProblem]:
    """A row for a segment may only give more than the row for everybody."""
    for place, row in enumerate(policy.windows):
        if Fact.SEGMENT not in row.when.tests:
            continue
        for other in policy.windows[place + 1 :]:
            everybody = row.when.without(Fact.SEGMENT)
            same = other.window.cause is row.window.cause and Fact.SEGMENT not in other.when.tests
            if same and other.when.meets(everybody) and row.window.period.is_shorter_than(other.window.period):
                said = Said(
                    "This segment gets less time than {other} gives everybody.",
                    "该客群的期限短于规则 {other} 的普遍期限。",
                )
                yield PolicyProblem(("windows", place, "window", "period"), "B12", fill(said, other=other.id))


def _coverage(policy: Policy) -> Iterator[PolicyProblem]:
    for place, regime in enumerate(policy.regimes):
        if not any(row.when.may_be(Fact.REGIME, regime) for row in policy.addresses):
            said = Said("There is no return address for {regime} (R2.3).", "{regime} 没有退货地址（R2.3）。")
            yield PolicyProblem(("regimes", place), "R2.3", fill(said, regime=regime))


def _unknown(place: Place, word: str, known: Iterable[str]) -> PolicyProblem:
    said = Said("{word} is none of: {known}.", "{word} 不在以下范围内：{known}。")
    return PolicyProblem(place, "unknown", fill(said, word=word, known=", ".join(sorted(known)) or "-"))
