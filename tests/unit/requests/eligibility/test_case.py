"""What a case that says little means, and which cases cannot be decided about, each refused by its field (B10)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from service_requests.adapters.eligibility import case_documents
from service_requests.domain.eligibility.case import (
    Case,
    CaseGoodwill,
    CaseLine,
    CaseUnit,
    Confirmation,
    InformationGiven,
    Progress,
    Promise,
    lines_of,
)
from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.eligibility.window import Explained
from service_requests.domain.policy import term
from service_requests.domain.policy.policy import Policy, Promises, Reason
from service_requests.domain.policy.vocabulary import (
    Cause,
    Fault,
    Goods,
    LawClass,
    Remedy,
    Role,
    Starts,
    Verdict,
)
from shared.kernel.errors import Malformed, Said
from shared.kernel.money import Money
from shared.kernel.period import Period
from tests.unit.requests.policy_builders import (
    a_case_document,
    a_policy,
    calendars,
    laws,
    moment,
    raw,
    unit_of,
)

Row = dict[str, Any]


def test_what_a_case_does_not_say_is_taken_in_the_customers_favour() -> None:
    """B05, R2.4: a consumer, told of her rights, not yet of the freight at the approval, and promised nothing."""
    at = moment("2026-10-30T10:00")
    line = CaseLine(
        id="L", sku="S", category=None, unit_paid=Money(10_000, "CNY"), units=(CaseUnit(id="1", reason="no_reason"),)
    )
    said = Case(
        regime="CN", currency="CNY", channel="web", segment="regular", ordered_at=at, stated_at=at, lines=(line,)
    )
    document = a_case_document(parcels=[], stated="2026-10-30T10:00")
    assert case_documents.read_case(raw(document)).case == said
    unit = line.units[0]
    assert (unit.wish, unit.taken, unit.failed_repairs, unit.serial_differs, unit.pieces) == (None, None, 0, False, 1)
    told = InformationGiven(freight_before_contract=True, freight_at_approval=False, promotion_mode=False)
    assert said.told == told
    assert told.withdrawal == Explained(before_contract=True, at=None)
    assert not told.return_address_given
    assert (said.consumer, said.wants_person, said.progress) == (
        True,
        False,
        Progress(None, None, None, collects=False),
    )


def test_what_a_promise_goodwill_or_consent_does_not_say_is_not_given() -> None:
    """B05, B09, N3.4."""
    at = moment("2026-10-30T10:00")
    assert Promise("P", date(2026, 12, 1)) == Promise(
        "P", date(2026, 12, 1), (Remedy.REFUND,), frozenset(), free_freight=False
    )
    assert CaseGoodwill(Role.AGENT, "x") == CaseGoodwill(Role.AGENT, "x", frozenset(), second_person=False)
    assert Confirmation(Goods.MIXED, at) == Confirmation(Goods.MIXED, at, by_default=False)


def test_what_a_law_or_a_policy_does_not_say_is_the_common_case() -> None:
    """B01, R1.2, R2.5: two weeks to object, warnings at half and at four fifths of the time."""
    common = term.Window(
        cause=Cause.DEFECT,
        period=Period(1),
        remedies=(Remedy.REFUND,),
        starts=Starts.LAST_PARCEL,
        rolls_over=False,
        after_failed_repairs=0,
    )
    assert term.Window(cause=Cause.DEFECT, period=Period(1)) == common
    assert term.Exclusion(Goods.MIXED) == term.Exclusion(Goods.MIXED, needs_confirmation=False)
    assert term.IntactTest(frozenset(), frozenset()).refuses
    assert Promises() == Promises(None, None, Period(14), (50, 80)) == a_policy().promises
    assert not Reason("r", Said("", ""), Fault.CUSTOMER).person


@pytest.mark.parametrize(("lines", "given"), [([], True), (["L"], True), (["L2", "L"], True), (["L2"], False)])
def test_a_promise_for_no_line_in_particular_is_for_all(lines: list[str], given: bool) -> None:
    """N3.4."""
    line = CaseLine(id="L", sku="S", category=None, unit_paid=Money(1, "CNY"), units=())
    assert bool(lines_of(Promise("P", date(2026, 12, 1), lines=frozenset(lines)), line)) is given


CASE: Final = case_documents.read_case(raw(a_case_document()))
LINE: Final = CASE.case.lines[0]
NAIVE: Final = datetime(2026, 11, 3, 10, 0)  # noqa: DTZ001


def asked(case: Case, at: datetime = CASE.at) -> Decision:
    return decide(case, [a_policy(regimes=["CN"], channels=["web", "app"])], laws(), calendars(), at)


def with_line(**but: Any) -> Case:
    return replace(CASE.case, lines=(LINE, replace(LINE, id="L2", **but)))


REFUSED: Final[tuple[tuple[Case, str, str, str], ...]] = (
    # the case, its code, the field, and what is said
    (replace(CASE.case, channel="pigeon"), "unknown_word", "/channel", "pigeon is none of: web, app."),
    (replace(CASE.case, segment="royalty"), "unknown_word", "/segment", "royalty is none of: regular, vip."),
    (
        with_line(category="unicorns"),
        "unknown_word",
        "/lines/1/category",
        "unicorns is none of: clothing, shoes, electronics, cosmetics.",
    ),
    (with_line(parcels=frozenset({"p", "q"})), "unknown_word", "/lines/1/parcels", "q is none of: p."),
    (
        replace(with_line(parcels=frozenset({"q"})), parcels=()),
        "unknown_word",
        "/lines/1/parcels",
        "q is none of: -.",
    ),
    (
        replace(
            with_line(parcels=frozenset({"q"})), parcels=tuple(replace(CASE.case.parcels[0], id=each) for each in "ba")
        ),
        "unknown_word",
        "/lines/1/parcels",
        "q is none of: a, b.",
    ),
    (
        with_line(unit_paid=Money(1, "EUR")),
        "invalid_case",
        "/lines/1/unit_paid",
        "what was paid is negative or in another currency",
    ),
    (
        with_line(unit_paid=Money(-1, "CNY")),
        "invalid_case",
        "/lines/1/unit_paid",
        "what was paid is negative or in another currency",
    ),
    (
        with_line(units=(LINE.units[0], CaseUnit(id="2", reason="boredom"))),
        "unknown_word",
        "/lines/1/units/1/reason",
        "boredom is none of: no_reason, faulty, crushed, story.",
    ),
    (
        with_line(units=(LINE.units[0], CaseUnit(id="2", reason="faulty"), CaseUnit(id="2", reason="no_reason"))),
        "invalid_case",
        "/lines/1/units/2/id",
        "this piece is asked about twice",
    ),
    (replace(CASE.case, lines=()), "invalid_case", "/lines", "1 to 2000 pieces can be asked about"),
    (
        with_line(units=tuple(CaseUnit(id=str(number), reason="no_reason") for number in range(2_000))),
        "invalid_case",
        "/lines",
        "1 to 2000 pieces can be asked about",
    ),
    (
        replace(CASE.case, stated_at=CASE.case.ordered_at.replace(hour=9)),
        "impossible_time",
        "/stated_at",
        "the statement is before the order",
    ),
    (
        replace(CASE.case, told=InformationGiven(Explained(before_contract=False, at=NAIVE))),
        "impossible_time",
        "/told/withdrawal/at",
        "a moment needs its zone",
    ),
    (
        replace(CASE.case, progress=Progress(agreed_at=datetime(2101, 1, 1, tzinfo=UTC))),
        "impossible_time",
        "/progress/agreed_at",
        "the year is not between 2000 and 2100",
    ),
    (replace(CASE.case, regime="MARS"), "unknown_regime", "/regime", "MARS is none of CN, EU, UK, US."),
    (
        replace(CASE.case, policy="shop@9"),
        "unknown_policy",
        "/policy",
        "The order was made under shop@9, which is not among shop@1.",
    ),
    (
        replace(CASE.case, policy="shop@1", regime="EU", currency="EUR"),
        "unknown_policy",
        "/policy",
        "The order was made under shop@1, which is not among -.",
    ),
    (
        replace(CASE.case, regime="EU", currency="EUR"),
        "no_policy",
        "/ordered_at",
        "No policy governs EU on 2026-10-30.",
    ),
)


@pytest.mark.parametrize(("case", "code", "pointer", "said"), REFUSED)
def test_a_case_that_cannot_be_decided_is_refused_by_its_field(case: Case, code: str, pointer: str, said: str) -> None:
    """B10, S-55: with the words that would have been right."""
    with pytest.raises(Malformed) as caught:
        asked(case)
    assert (caught.value.code, caught.value.pointer, caught.value.say("en")) == (code, pointer, said)
    assert caught.value.say("zh-CN") != said


def test_the_moment_of_the_decision_needs_its_zone() -> None:
    """S-55."""
    with pytest.raises(Malformed) as caught:
        asked(CASE.case, CASE.at.replace(tzinfo=None))
    assert caught.value.pointer == "/at"


def test_which_versions_there_are_is_said_in_their_order() -> None:
    """R1.2."""
    case = replace(CASE.case, policy="shop@9")
    with pytest.raises(Malformed) as caught:
        decide(case, [a_policy(version="2"), a_policy()], laws(), calendars(), CASE.at)
    assert caught.value.say("en").endswith("which is not among shop@2, shop@1.")


@pytest.mark.parametrize("pieces", [1, 2_000])
def test_up_to_two_thousand_pieces_are_decided_about_at_once(pieces: int) -> None:
    """B10: nothing paid is an amount as well, and an order can be regretted in the same minute."""
    units = tuple(CaseUnit(id=str(number), reason="no_reason") for number in range(pieces))
    line = replace(LINE, units=units, unit_paid=Money(0, "CNY"))
    case = replace(CASE.case, lines=(line,), stated_at=CASE.case.ordered_at)
    assert {unit.verdict for unit in asked(case).units} == {Verdict.ACCEPT}


@pytest.mark.parametrize(("year", "fine"), [(1999, False), (2000, True), (2100, True), (2101, False)])
def test_a_moment_is_in_a_year_that_can_be_reckoned_with(year: int, fine: bool) -> None:
    """B03."""
    progress = Progress(goods_in_at=datetime(year, 6, 1, tzinfo=UTC))
    case = replace(CASE.case, progress=progress)
    if fine:
        asked(case)
    else:
        with pytest.raises(Malformed):
            asked(case)


def in_a_circle() -> Policy:
    policy = a_policy()
    clothing, shoes = policy.categories["clothing"], policy.categories["shoes"]
    return replace(
        policy,
        categories={
            "clothing": replace(clothing, parent="shoes", law_class=LawClass.GENERAL),
            "shoes": replace(shoes, parent="clothing"),
        },
    )


def test_categories_in_a_circle_cannot_be_published_and_hang_nothing() -> None:
    """B07: a record of another system may hold them all the same."""
    policy = in_a_circle()
    assert policy.category_and_parents("shoes") == {"shoes", "clothing"}
    assert policy.law_class("shoes").value == "general"
    assert policy.category_and_parents("unicorns") == policy.category_and_parents(None) == frozenset()
    assert policy.law_class("unicorns") is policy.law_class(None)
    assert [a_policy().law_class(code).value for code in ("shoes", "electronics")] == [
        "textiles_and_wares",
        "electronics",
    ]


@pytest.mark.parametrize(
    ("pieces", "verdict"), [({"1": 1}, Verdict.ACCEPT), ({"1": 2}, Verdict.LOOK), ({"1": 1, "2": 1}, Verdict.LOOK)]
)
def test_the_total_is_what_was_paid_for_every_piece_that_is_asked_about(
    pieces: dict[str, int], verdict: Verdict
) -> None:
    """B07, B13: each costs a hundred yuan."""
    persons = [{"id": "much", "when": {"total_minor": {"at_least": 20_000}}, "says": {"en": "much", "zh-CN": "多"}}]
    units = [{"id": name, "reason": "no_reason", "pieces": count} for name, count in pieces.items()]
    assert unit_of(policies=[a_policy(persons=persons)], line={"units": units}).verdict is verdict
