"""The same facts give the same bytes for ever, and any other fact another digest (B10, R1.2)."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.engine import decide, replay
from service_requests.domain.policy.canonical import canonical
from service_requests.domain.policy.error import (
    ImpossibleTime,
    InvalidCase,
    NoPolicy,
    UnknownPolicy,
    UnknownRegime,
    UnknownWord,
)
from service_requests.domain.policy.term import NoProofs, SameMeans
from service_requests.domain.policy.vocabulary import Cause, Proof
from shared.kernel.calendar import UnknownCalendar
from shared.kernel.errors import Malformed, Said
from shared.kernel.money import Money
from tests.unit.requests.policy_builders import (
    a_case_document,
    a_policy,
    a_policy_document,
    calendars,
    days_for,
    laws,
    moment,
    raw,
)

SCRIPT = """
from tests.unit.requests.policy_builders import *
named_case = case_documents.read_case(raw(a_case_document(unit={"states": ["opened", "tried", "soiled", "worn"]})))
policy = a_policy(windows=[days_for(30, category={"any_of": ["shoes", "clothing"]}), days_for(20)])
print(decide(named_case.case, [policy], laws(), calendars(), named_case.at).to_bytes().decode())
"""


def test_another_process_with_another_hash_seed_writes_the_same_bytes() -> None:
    """B10."""
    answers = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


def test_the_order_in_which_a_policy_lists_its_words_is_not_part_of_its_digest() -> None:
    """B10."""
    document = a_policy_document()
    turned = {**document, "reasons": dict(reversed(document["reasons"].items()))}
    one, other = (documents.read_policy(raw(each)) for each in (document, turned))
    assert one.sha256 == other.sha256
    assert one.sha256 != a_policy(version="2").sha256


def test_a_record_is_replayed_to_the_byte_and_a_change_is_noticed() -> None:
    """B10, R1.2: the law, the policy, the calendar and the case are all part of the digest."""
    named_case = case_documents.read_case(raw(a_case_document()))
    policy = a_policy()
    decision = decide(named_case.case, [policy], laws(), calendars(), named_case.at)
    record = case_documents.read_record(case_documents.write_record(named_case, [policy], decision).encode())
    assert record.named_case.case == named_case.case
    assert record.policies == (policy,)
    given: dict[str, Any] = {"case": record.named_case.case, "policies": record.policies, "at": named_case.at}
    assert replay(record.decision, regimes=laws(), calendars=calendars(), **given)
    other_law = {**laws(), "CN": replace(laws()["CN"], version="2")}
    assert not replay(record.decision, regimes=other_law, calendars=calendars(), **given)
    china = calendars()["CN"]
    other_days = {**calendars(), "CN": replace(china, holidays=china.holidays | {moment("2026-12-24T00:00").date()})}
    assert not replay(record.decision, regimes=laws(), calendars=other_days, **given)
    given["policies"] = (a_policy(windows=[days_for(15)]),)
    assert not replay(record.decision, regimes=laws(), calendars=calendars(), **given)


@pytest.mark.parametrize(
    ("but", "error", "pointer"),
    [
        ({"regime": "ATLANTIS"}, UnknownRegime, "/regime"),
        ({"policy": "shop@9"}, UnknownPolicy, "/policy"),
        ({"channel": "pigeon"}, UnknownWord, "/channel"),
        ({"segment": "royalty"}, UnknownWord, "/segment"),
        ({"line": {"category": "unicorns"}}, UnknownWord, "/lines/0/category"),
        ({"line": {"parcels": ["lost"]}}, UnknownWord, "/lines/0/parcels"),
        ({"line": {"unit_paid": {"amount_minor": 1, "currency": "JPY"}}}, InvalidCase, "/lines/0/unit_paid"),
        ({"unit": {"reason": "boredom"}}, UnknownWord, "/lines/0/units/0/reason"),
        ({"stated": "2026-10-29T10:00"}, ImpossibleTime, "/stated_at"),
        ({"stated": "2199-01-01T10:00"}, ImpossibleTime, "/at"),
        ({"ordered": "2023-01-01T10:00"}, NoPolicy, "/ordered_at"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_the_field(but: dict[str, Any], error: type, pointer: str) -> None:
    """Hostile input: a reason in both languages, never a traceback."""
    document = a_case_document(**{key: value for key, value in but.items() if key != "regime"})
    document.update({key: value for key, value in but.items() if key == "regime"})
    named_case = case_documents.read_case(raw(document))
    with pytest.raises(Malformed) as caught:
        decide(named_case.case, [a_policy(regimes=["CN"])], laws(), calendars(), named_case.at)
    assert type(caught.value) is error
    assert caught.value.pointer == pointer
    assert caught.value.say("en")
    assert caught.value.say("zh-CN")


def test_a_piece_cannot_be_asked_about_twice() -> None:
    """B14."""
    units = [{"id": "1", "reason": "no_reason"}] * 2
    named_case = case_documents.read_case(raw(a_case_document(line={"units": units})))
    with pytest.raises(InvalidCase):
        decide(named_case.case, [a_policy()], laws(), calendars(), named_case.at)


def test_a_moment_without_a_zone_is_not_guessed() -> None:
    """S-55."""
    named_case = case_documents.read_case(raw(a_case_document()))
    naive = replace(named_case.case, ordered_at=named_case.case.ordered_at.replace(tzinfo=None))
    with pytest.raises(ImpossibleTime):
        decide(naive, [a_policy()], laws(), calendars(), named_case.at)


def test_a_calendar_that_is_not_there_is_named() -> None:
    """B03."""
    named_case = case_documents.read_case(raw(a_case_document()))
    with pytest.raises(UnknownCalendar):
        decide(named_case.case, [a_policy()], laws(), {}, named_case.at)


def test_values_are_written_as_json_with_sorted_keys_would_be() -> None:
    """B10: whoever has the bytes can read them, and make them again, with any JSON library."""
    named_case = case_documents.read_case(raw(a_case_document(unit={"states": ["opened", "worn"], "wish": "refund"})))
    decision = decide(named_case.case, [a_policy()], laws(), calendars(), named_case.at)
    values = (named_case.case, decision, a_policy(), *laws().values(), *calendars().values())
    for value in values:
        written = canonical(value).decode()
        again = json.dumps(json.loads(written), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert again == written
    odd = {"b": 'quote " and \\ and \n and \x07 and 退货', "a": None, "c": True, "d": [frozenset({"y", "x"}), 10**19]}
    assert canonical(odd).decode() == (
        '{"a":null,"b":"quote \\" and \\\\ and \\n and \\u0007 and 退货","c":true,"d":[["x","y"],10000000000000000000]}'
    )
    with pytest.raises(TypeError):
        canonical(1.5)


def test_a_value_is_written_in_one_way_whatever_its_kind() -> None:
    """B10: moments in UTC, texts in both languages, a set in order, fields by name with the name of their class."""
    at = datetime(2026, 11, 2, 10, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert canonical(at) == b'"2026-11-02T02:15:00Z"'
    assert canonical(at.date()) == b'"2026-11-02"'
    assert canonical(Said("a", "b")) == b'{"en":"a","zh-CN":"b"}'
    assert canonical(Money(5, "CNY")) == b'{"amount_minor":5,"currency":"CNY"}'
    assert canonical(frozenset({Proof.VIDEO, Proof.PHOTO})) == b'["photo","video"]'
    assert canonical((True, False, None, 0)) == b"[true,false,null,0]"
    assert canonical({Proof.VIDEO: [1], Proof.PHOTO: ()}) == b'{"photo":[],"video":[1]}'
    assert canonical(NoProofs(Cause.DEFECT, frozenset())) == b'{"allowed":[],"cause":"defect","kind":"NoProofs"}'
    assert canonical(SameMeans()) == b'{"kind":"SameMeans"}'
    with pytest.raises(TypeError, match="float"):
        canonical((1.5,))
