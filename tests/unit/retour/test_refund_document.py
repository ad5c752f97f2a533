"""A question as a document: read exactly, refused with line, field and reason, whatever it holds."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from retour.offline import refund_command
from retour.offline.refund_document import LIMITS, answer, read_request, schema
from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.fingerprint import plain_value
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.policy import PromotionMode
from service_refunds.domain.calculation.inputs.tender import TenderKind
from service_refunds.domain.calculation.promotion import PromotionModeReason
from shared.documents.document import InvalidDocument, read_text
from shared.kernel.errors import RetourError
from tests.support.sizes import Build, limits
from tests.unit.refunds.calculation.test_pointers import THE_REQUEST

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "docs" / "examples" / "refunds").glob("*.yaml"))


def retour(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "retour", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)


def a_question(**but: Any) -> dict[str, Any]:
    """Two lines, two payments, one piece back."""
    order = {
        "currency": "EUR",
        "lines": [
            {"id": "A", "quantity": 2, "paid": "20.00", "taxes": [{"rate": "19", "amount": "3.19"}]},
            {"id": "B", "quantity": 1, "paid": "10.00"},
        ],
        "tenders": [
            {"id": "gift", "kind": "gift_card", "captured": "10.00"},
            {"id": "card", "kind": "card", "captured": "20.00"},
        ],
    }
    question = {"order": order, "facts": {"regime": "EU"}, "units": [{"id": "a-1", "line": "A"}]}
    return {**question, **but}


def raw(question: Any) -> bytes:
    return json.dumps(question).encode()


def test_the_published_schema_is_the_readers() -> None:
    """H13."""
    assert (ROOT / "docs" / "schemas" / "refund.schema.json").read_text(encoding="utf-8") == schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_is_valid_by_the_schema_and_comes_to_something(file: Path) -> None:
    """H08, H13."""
    jsonschema.validate(read_text(file.read_bytes(), LIMITS).data, json.loads(schema()))
    assert calculate(read_request(file.read_bytes())).refund


def test_everything_that_a_request_can_hold_can_be_written_and_read_back() -> None:
    """H01, H13: with amounts in minor units, field by field, and by the schema."""
    written = json.loads(json.dumps(plain_value(THE_REQUEST)))
    jsonschema.validate(written, json.loads(schema()))
    assert read_request(raw(written)) == THE_REQUEST


def test_yaml_and_json_say_the_same() -> None:
    """H13."""
    question = a_question()
    assert read_request(raw(question)) == read_request(yaml.safe_dump(question).encode())


def test_discounts_are_shared_out_where_the_lines_say_what_they_cost_before() -> None:
    """H01: 42.00 over 150.00 and 60.00."""
    question = a_question()
    question["order"] |= {
        "lines": [
            {"id": "A", "quantity": 1, "before_discounts": "150.00"},
            {"id": "B", "quantity": 1, "before_discounts": "60.00"},
        ],
        "discounts": [{"id": "coupon", "amount": "42.00"}],
        "tenders": [{"id": "card", "kind": "card", "captured": "168.00"}],
    }
    assert calculate(read_request(raw(question))).refund.format() == "120.00"
    question["order"]["lines"][1] = {"id": "B", "quantity": 1, "paid": "48.00"}
    with pytest.raises(InvalidDocument) as refusal:
        read_request(raw(question))
    assert [problem.field for problem in refusal.value.problems] == ["/order/lines/1"]


def test_the_history_of_one_answer_is_the_beginning_of_the_next_question() -> None:
    """H02: three pieces of 10.00, asked for one after the other."""
    question = a_question()
    question["order"]["lines"] = [{"id": "A", "quantity": 3, "paid": "10.00"}]
    question["order"]["tenders"] = [{"id": "card", "kind": "card", "captured": "10.00"}]
    refunds: list[int] = []
    history: dict[str, Any] = {}
    for number in range(3):
        asked = {**question, "units": [{"id": f"a-{number}", "line": "A"}], "history": history}
        found = answer(calculate(read_request(raw(asked))), "en")
        refunds.append(found["refund"]["refund"]["amount_minor"])
        history = found["history"]
    assert refunds == [333, 334, 333]


def spoil(question: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    """The question with another value at a path."""
    changed: Any = copy.deepcopy(question)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return dict(changed)


PAID = ["order", "lines", 0, "paid"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (PAID, "NaN", "/order/lines/0/paid"),
        (PAID, "1e22", "/order/lines/0/paid"),
        (PAID, "-20.00", "/order/lines/0/paid"),
        (PAID, "20.001", "/order/lines/0/paid"),
        (PAID, "9" * 30, "/order/lines/0/paid"),
        (PAID, 20, "/order/lines/0/paid"),
        (PAID, {"amount_minor": 2000, "currency": "USD"}, "/order/lines/0/paid"),
        (PAID, {"amount_minor": 10**15 + 1, "currency": "EUR"}, "/order/lines/0/paid"),
        (PAID, {"amount_minor": True, "currency": "EUR"}, "/order/lines/0/paid"),
        (PAID, None, "/order/lines/0/paid"),
        (["order", "currency"], "EURO", "/order/currency"),
        (["order", "currency"], 978, "/order/currency"),
        (["order", "lines", 1, "id"], "A", "/order/lines/1/id"),
        (["order", "lines", 0, "quantity"], 0, "/order/lines/0/quantity"),
        (["order", "lines", 0, "qty"], 1, "/order/lines/0/qty"),
        (["order", "lines"], {}, "/order/lines"),
        (["order", "lines"], [], "/order/lines"),
        (["order", "tenders", 0, "kind"], "barter", "/order/tenders/0/kind"),
        (["order", "tenders", 0, "captured"], "999.99", "/order/tenders"),
        (["order"], [], "/order"),
        (["facts"], {}, "/facts/regime"),
        (["facts", "seller_at_fault"], "yes", "/facts/seller_at_fault"),
        (["units", 0, "line"], "Z", "/units/0/line"),
        (["units", 0, "loss"], "0.001", "/units/0/loss"),
        (["history"], {"ended_coupons": [1]}, "/history/ended_coupons/0"),
        (["order", "discounts"], [{"id": "d", "amount": "0.00", "coupon": {"id": "c", "expires_on": "soon"}}],
         "/order/discounts/0/coupon/expires_on"),
        (["exchange"], [{"id": "N", "quantity": 2, "paid": "1.00", "unit_price": "1.00"}], "/exchange/0/paid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_line_field_and_reason(path: list[Any], value: Any, field: str) -> None:
    """H01, H11: in both languages."""
    document = yaml.safe_dump(spoil(a_question(), path, value), sort_keys=False)
    with pytest.raises(InvalidDocument) as refusal:
        read_request(document.encode())
    found = {problem.field: problem for problem in refusal.value.problems}
    assert field in found
    assert found[field].says.en != found[field].says.zh
    name = field.rpartition("/")[2]
    if not name.isdecimal() and f"{name}:" in document:
        assert f"{name}:" in document.splitlines()[found[field].line - 1]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """H01."""
    question = spoil(spoil(a_question(), PAID, "x"), ["order", "tenders", 1, "captured"], "y")
    with pytest.raises(InvalidDocument) as refusal:
        read_request(raw(spoil(question, ["facts", "regime"], "XX")))
    assert [problem.field for problem in refusal.value.problems] == [
        "/order/lines/0/paid", "/order/tenders/1/captured", "/facts/regime",
    ]  # fmt: skip


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        ["\ud800", "NaN", "Infinity", "1e22", "-1.00", "0.0001", "EUR", "A", "", " ", "x" * 5_000, "１.00"]
    ),
    st.just([]),
    st.just({}),
    st.just({"amount_minor": 10**22, "currency": "EUR"}),
    st.just({"amount_minor": float("nan"), "currency": "\udfff"}),
    st.recursive(st.none(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner)),
)


def steps(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a document."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in entries:
        yield from steps(each, (*path, key))


RICH = json.loads(json.dumps(plain_value(THE_REQUEST)))
PATHS = sorted(steps(RICH), key=str)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(PATHS), ODD, st.sampled_from(["put", "drop", "twice"])), min_size=1, max_size=4)
)
def test_a_mangled_document_is_answered_or_refused_with_a_reason(edits: list[tuple[tuple[Any, ...], Any, str]]) -> None:
    """H01, H10, H11: never any other exception."""
    document = copy.deepcopy(RICH)
    for path, value, how in edits:
        try:
            inner = document
            for step in path[:-1]:
                inner = inner[step]
            if how == "drop":
                del inner[path[-1]]
            elif how == "twice" and isinstance(inner, list):
                inner.append(inner[path[-1]])
            else:
                inner[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    refusal: RetourError | None = None
    try:
        calculate(read_request(json.dumps(document).encode("utf-8", "surrogatepass")))
    except RetourError as refused:
        refusal = refused
    if isinstance(refusal, InvalidDocument):
        assert all(problem.line >= 1 and problem.field.startswith("/") for problem in refusal.problems)
    if refusal is not None:
        assert refusal.say("en")
        assert refusal.say("zh-CN")
        assert refusal.code not in {"internal_error", "malformed", "refused"}


@settings(deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_bytes_that_are_no_document_are_refused(anything: bytes) -> None:
    """H01."""
    with pytest.raises(InvalidDocument):
        read_request(anything)


@pytest.mark.parametrize(("build", "most", "reason"), limits(kib=512, levels=24, values=50_000, characters=4_000))
def test_a_question_is_taken_up_to_its_limits(build: Build, most: int, reason: str) -> None:
    """H11: up to the limit it is refused for what it says, above it for its size."""
    for size, too_large in ((most, False), (most + 1, True)):
        with pytest.raises(InvalidDocument) as refusal:
            read_request(build(size))
        assert (reason in refusal.value.say("en")) is too_large


def test_the_command_shows_items_and_the_statement_and_answers_programs() -> None:
    """H13: in both languages."""
    file = str(EXAMPLES[0].relative_to(ROOT))
    english, chinese = (retour("--language", language, "refund", "quote", file) for language in ("en", "zh-CN"))
    assert (english.returncode, chinese.returncode) == (0, 0)
    assert "What the customer reads:" in english.stdout
    assert "You get back: ¥100.00" in english.stdout
    assert "退还给您：¥100.00" in chinese.stdout
    found = json.loads(retour("refund", "quote", file, "--json", "--language", "zh-CN").stdout)
    assert found["refund"]["refund"] == {"amount_minor": 10_000, "currency": "CNY"}
    assert found["statement"]["language"] == "zh-CN"


def test_the_command_ends_with_two_for_a_bad_file_and_with_one_when_a_rule_says_no(tmp_path: Path) -> None:
    """H10."""
    bad, no = tmp_path / "bad.json", tmp_path / "no.json"
    bad.write_text('{"order": {"currency": "EUR",\n "lines": NaN}}')
    no.write_bytes(raw(a_question(expected_available="1.00")))
    people, missing = retour("refund", "quote", str(bad)), retour("refund", "quote", str(tmp_path / "none"), "--json")
    assert (people.returncode, missing.returncode) == (2, 2)
    assert f"{bad}:1:1" in people.stderr
    assert "Traceback" not in people.stderr + missing.stderr
    assert json.loads(missing.stdout)["errors"][0]["reason"]
    refused = retour("refund", "quote", str(no), "--json")
    assert refused.returncode == 1
    (error,) = json.loads(refused.stdout)["errors"]
    assert error["code"] == "available_changed"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (refund_command.NAMES, ComponentName),
        (refund_command.KINDS, TenderKind),
        (refund_command.CHOICES, PromotionMode),
        (refund_command.WHY, PromotionModeReason),
    ],
)
def test_whatever_can_be_shown_has_words_in_both_languages(table: dict[Any, Any], words: Any) -> None:
    """H13."""
    assert set(table) == set(words)
    assert all(said.en and said.zh and said.en != said.zh for said in table.values())
