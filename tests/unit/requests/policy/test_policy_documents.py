"""Documents are read strictly: whatever is put in, the answer says line, field and reason, never a traceback (R1.2)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings, strategies as st

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from shared.documents.document import InvalidDocument, read_text
from tests.support.sizes import Build, a_text, limits
from tests.unit.requests.policy_builders import (
    a_case_document,
    a_policy,
    a_policy_document,
    calendars,
    days_for,
    laws,
    raw,
    said,
)

ROOT = Path(__file__).parents[4]
EXAMPLES = sorted((ROOT / "docs" / "examples" / "policies").glob("*.yaml"))


def refusal(data: bytes) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        documents.publishable_policy(data, laws(), calendars())
    error = caught.value
    assert error.say("en")
    assert error.say("zh-CN")
    assert all(
        problem.line >= 1 and problem.column >= 1 and problem.field.startswith("/") for problem in error.problems
    )
    return error


def policy_with(**but: Any) -> bytes:
    return raw(a_policy_document(**but))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b'{"a": NaN}', "not a number"),
        (b"a: &x [*x]", "anchors"),
        (b"[]", "must be a table"),
        (b"null", "must be a table"),
        (b"42", "must be a table"),
    ],
)
def test_text_that_is_no_document_is_refused(data: bytes, reason: str) -> None:
    """S-50, S-51: what the reader of documents refuses, and what is no table."""
    assert reason in refusal(data).say("en")


@pytest.mark.parametrize(("build", "most", "reason"), limits(kib=512, levels=24, values=50_000, characters=4_000))
def test_a_policy_is_taken_up_to_its_limits(build: Build, most: int, reason: str) -> None:
    """Up to the limit it is refused for what it says, above it for its size (S-50)."""
    assert reason not in refusal(build(most)).say("en")
    assert reason in refusal(build(most + 1)).say("en")


@pytest.mark.parametrize(("characters", "too_long"), [(400_000, False), (400_001, True)])
def test_a_record_holds_its_decision_as_one_long_text(characters: int, too_long: bool) -> None:
    for read in (documents.kind_of, case_documents.read_record):
        with pytest.raises(InvalidDocument) as caught:
            read(a_text(characters))
        assert ("longer than 400000 characters" in caught.value.say("en")) is too_long


def test_a_problem_is_found_where_it_stands() -> None:
    """Line, column, field and reason."""
    text = (
        "policy: shop\nversion: '1'\nwindows:\n  - id: w\n    window:\n      cause: boredom\n      period: {days: 0}\n"
    )
    found = {problem.field: problem for problem in refusal(text.encode()).problems}
    assert (found["/windows/0/window/cause"].line, found["/windows/0/window/cause"].column) == (6, 7)
    assert "change_of_mind" in found["/windows/0/window/cause"].says.en
    assert found["/windows/0/window/period/days"].line == 7
    assert found["/windows/0/window/period/days"].says.zh == "不得小于 1"
    assert found["/merchant"].says.en == "is missing"


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"nonsense": 1}, "/nonsense", "not known"),
    ({"policy": "a b"}, "/policy", "not written as expected"),
    ({"version": 1}, "/version", "must be a text"),
    ({"effective_from": "yesterday"}, "/effective_from", "a day"),
    ({"effective_from": "1999-12-31"}, "/effective_from", "at least"),
    ({"effective_from": "9999-12-31"}, "/effective_from", "at most"),
    ({"effective_until": "2024-01-01"}, "/effective_until", "before it begins"),
    ({"transit_buffer_days": -1}, "/transit_buffer_days", "at least"),
    ({"transit_buffer_days": "7"}, "/transit_buffer_days", "whole number"),
    ({"transit_buffer_days": True}, "/transit_buffer_days", "whole number"),
    ({"currency": "XXX"}, "/currency", "ISO 4217"),
    ({"calendar": "MARS"}, "/calendar", "none of"),
    ({"regimes": ["CN", "MARS"]}, "/regimes/1", "none of"),
    ({"title": {"en": "x"}}, "/title/zh-CN", "missing"),
    ({"reasons": {}}, "/reasons", "at least 1"),
    ({"windows": [days_for(30), days_for(30)]}, "/windows/1/id", "twice"),
    ({"windows": [days_for(30), days_for(20)]}, "/windows/1/when", "never answers"),
    (
        {
            "windows": [
                days_for(30, sku={"is": "A"}, category={"is": "shoes"}),
                days_for(20, category={"is": "unicorns"}),
            ]
        },
        "/windows/1/when/category",
        "none of",
    ),
    (
        {
            "windows": [
                days_for(30, ordered_on={"from": "2026-11-01", "until": "2026-12-01"}),
                days_for(40, ordered_on={"from": "2026-11-30", "until": "2026-12-30"}),
            ]
        },
        "/windows/1/when",
        "overlaps",
    ),
    (
        {"windows": [days_for(30, ordered_on={"from": "2026-12-01", "until": "2026-11-01"})]},
        "/windows/0/when/ordered_on",
        "never hold",
    ),
    (
        {"windows": [days_for(30, value_minor={"at_least": 2, "at_most": 1})]},
        "/windows/0/when/value_minor",
        "never hold",
    ),
    ({"windows": [days_for(30, value_minor={})]}, "/windows/0/when/value_minor", "at_least"),
    (
        {"windows": [days_for(30, category={"is": "shoes", "any_of": ["shoes"]})]},
        "/windows/0/when/category",
        "exactly one",
    ),
    ({"windows": [days_for(30, category={"like": "sho*"})]}, "/windows/0/when/category/like", "not known"),
    ({"windows": [days_for(30, colour={"is": "red"})]}, "/windows/0/when/colour", "not known"),
    ({"windows": [days_for(30, category={"any_of": ["shoes", "shoes"]})]}, "/windows/0/when/category/any_of", "twice"),
    (
        {"windows": [{"id": "w", "window": {"cause": "change_of_mind", "period": {"days": 30, "months": 1}}}]},
        "/windows/0/window/period",
        "exactly one",
    ),
    ({"windows": [days_for(15, segment={"is": "vip"}), days_for(30)]}, "/windows/0/window/period", "less time"),
    ({"windows": [days_for(10**6)]}, "/windows/0/window/period/days", "at most"),
    ({"windows": [days_for(20, sku={"is": f"s{n}"}) | {"id": f"w{n}"} for n in range(201)]}, "/windows", "more than"),
    (
        {
            "freight": [
                {
                    "id": "f",
                    "cause": "change_of_mind",
                    "payer": "customer",
                    "amount": {"amount_minor": -1, "currency": "CNY"},
                }
            ]
        },
        "/freight/0/amount/amount_minor",
        "at least",
    ),
    ({"fees": [{"id": "f", "cause": "change_of_mind", "basis_points": 10_001}]}, "/fees/0/basis_points", "at most"),
    (
        {"alternatives": [{"id": "a", "instead_of": ["astrology"], "offers": ["exchange"]}]},
        "/alternatives/0/instead_of",
        "none of",
    ),
    (
        {"goodwill": [{"role": "agent", "up_to": {"amount_minor": 1, "currency": "CNY"}, "days_late": 1}] * 2},
        "/goodwill/1",
        "already",
    ),
    ({"addresses": []}, "/addresses", "at least 1"),
)


@pytest.mark.parametrize(("but", "field", "reason"), WRONG, ids=[f"{field} {reason}" for _, field, reason in WRONG])
def test_a_policy_that_makes_no_sense_is_refused(but: dict[str, Any], field: str, reason: str) -> None:
    """B07, B12: overlapping, contradictory, unreachable, unknown."""
    problems = refusal(policy_with(**but)).problems
    assert any(problem.field == field and reason in problem.says.en for problem in problems), problems


@pytest.mark.parametrize(
    ("parents", "reason"),
    [
        ({"a": "a"}, "circle"),
        ({"a": "b", "b": "a"}, "circle"),
        ({"a": "b", "b": "c", "c": "b"}, "circle"),
        ({"a": "z"}, "none of"),
    ],
)
def test_categories_do_not_go_round_in_a_circle(parents: dict[str, str], reason: str) -> None:
    """Cyclic rules."""
    categories = {code: {"says": said(code), "parent": parent} for code, parent in parents.items()}
    assert reason in refusal(policy_with(categories=categories)).say("en")


def test_a_regime_without_a_return_address_cannot_be_served() -> None:
    """R2.3."""
    address = a_policy_document()["addresses"][0] | {"when": {"regime": {"is": "CN"}}}
    assert {problem.field for problem in refusal(policy_with(addresses=[address])).problems} == {
        "/regimes/1",
        "/regimes/2",
        "/regimes/3",
    }


def test_seasons_that_only_touch_do_not_overlap() -> None:
    """B07."""
    autumn = days_for(30, ordered_on={"until": "2026-10-31"}) | {"id": "autumn"}
    winter = days_for(40, ordered_on={"from": "2026-11-01"}) | {"id": "winter"}
    assert len(a_policy(windows=[autumn, winter]).windows) == 2


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_the_examples_can_be_published_and_written_back(file: Path) -> None:
    """R1.2: readable and writable."""
    policy = documents.publishable_policy(file.read_bytes(), laws(), calendars())
    assert documents.read_policy(documents.write_policy(policy).encode()) == policy


def test_what_looks_like_a_number_is_written_as_a_text() -> None:
    """R1.2."""
    for version in ("1", "1e3", "2026.1", "true", "null", "0x1F", "010"):
        policy = a_policy(version=version)
        assert documents.read_policy(documents.write_policy(policy).encode()) == policy


@pytest.mark.parametrize("language", ["reference", "zh/reference"])
def test_the_policies_in_the_documentation_are_the_examples(language: str) -> None:
    """The two complete examples of the reference page load."""
    page = (ROOT / "docs" / language / "policy-documents.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in page.split("```yaml\n")[1:]]
    whole = [block for block in blocks if block.startswith("#") and "\npolicy: " in block]
    assert whole == [file.read_text(encoding="utf-8") for file in EXAMPLES]


def test_the_published_schema_is_up_to_date_and_accepts_the_examples() -> None:
    """The schema of docs/schemas is that of the reader."""
    published = (ROOT / "docs" / "schemas" / "policy.schema.json").read_text(encoding="utf-8")
    assert published == documents.policy_schema()
    validator = jsonschema.Draft202012Validator(json.loads(published))
    for file in EXAMPLES:
        assert list(validator.iter_errors(read_text(file.read_bytes(), documents.LIMITS).data)) == []
    assert list(validator.iter_errors(a_policy_document(windows=[days_for(30, colour={"is": "red"})])))


HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 10**22, 1.5, "", "x" * 5_000, "\ud800", "٣", "2026-02-30", "2026-11-02T10:00:60+08:00", [], {},
    [[]], {"days": -1}, ["opened", "opened"],
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in children for deeper in paths(child, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], new)
    return copy


EXAMPLE = read_text(EXAMPLES[0].read_bytes(), documents.LIMITS).data
CASE = a_case_document(
    unit={"states": ["opened"], "proofs": ["photo"], "wish": "refund"},
    line={"goods": ["perishable"], "confirmations": [{"goods": "perishable", "at": "2026-10-30T10:00:00+08:00"}]},
    promises=[{"id": "p", "until": "2026-12-01"}],
    goodwill={"role": "agent", "reason": "x"},
    signals=[{"code": "c", "says": said("x")}],
    told={"withdrawal": {"before_contract": False, "at": "2026-11-01T10:00:00+08:00"}},
)


def is_taken_or_refused(read: Callable[[bytes], object], data: bytes) -> bool:
    """Anything else than the value or the refusal is a traceback and fails the test."""
    try:
        read(data)
    except InvalidDocument as error:
        return bool(error.say("en").encode() and error.say("zh-CN").encode())
    return True


def publish(data: bytes) -> object:
    return documents.publishable_policy(data, laws(), calendars())


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(paths(EXAMPLE)), st.sampled_from(HOSTILE))
def test_anything_in_any_field_of_a_policy_is_taken_or_refused_with_a_reason(path: tuple[Any, ...], value: Any) -> None:
    """Hostile input."""
    assert is_taken_or_refused(publish, json.dumps(put(EXAMPLE, path, value)).encode())


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(paths(CASE)), st.sampled_from(HOSTILE))
def test_anything_in_any_field_of_a_case_is_taken_or_refused_with_a_reason(path: tuple[Any, ...], value: Any) -> None:
    """Hostile input."""
    assert is_taken_or_refused(case_documents.read_case, json.dumps(put(CASE, path, value)).encode())


@pytest.mark.parametrize(
    ("but", "reason"),
    [
        ({"zone": "Mars/Olympus"}, "time zone"),
        ({"opens": "18:00", "closes": "09:00"}, "opens after"),
        ({"opens": "09:00", "closes": "09:59"}, "less than an hour"),
        ({"weekdays": []}, "at least"),
        ({"weekdays": [8]}, "at most"),
        ({"holidays": ["2026-01-01", "2026-01-01"]}, "twice"),
        ({"holidays": ["2026-01-01"], "make_up_days": ["2026-01-01"]}, "both off and worked"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(but: dict[str, Any], reason: str) -> None:
    """B03."""
    calendar = {"calendar": "x", "zone": "Asia/Shanghai", "weekdays": [1, 2, 3, 4, 5], **but}
    with pytest.raises(InvalidDocument) as caught:
        documents.read_calendar(raw(calendar))
    assert reason in caught.value.say("en")
