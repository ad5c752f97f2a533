"""The bytes that are stored: digests of today equal the digests of the first day, whatever a class is called now."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from typing import Any, Final, get_args, get_type_hints

import pytest

from service_requests.adapters.eligibility import case_documents
from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.policy.canonical import canonical, sha256_of
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.term import Exclusion, IntactTest, Window
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.places import ShipTo
from tests.unit.requests.policy_builders import (
    Document,
    a_case_document,
    a_policy,
    calendars,
    days_for,
    laws,
    moment,
    raw,
    said,
)

POLICY: Final[Document] = {
    "windows": [days_for(30, category={"any_of": ["shoes"]}), days_for(15)],
    "persons": [{"id": "dear", "when": {"total_minor": {"at_least": 30_000}}, "says": said("dear")}],
    "proofs": [{"id": "photos", "when": {"reason": {"is": "faulty"}}, "required": ["photo"]}],
    "goodwill": [{"role": "agent", "up_to": {"amount_minor": 50_000, "currency": "CNY"}, "days_late": 30}],
    "alternatives": [{"id": "late", "instead_of": ["in_time"], "offers": ["repair", "store_credit"]}],
    "exclusions": [{"id": "winter", "goods": "perishable", "when": {"ordered_on": {"from": "2026-01-01"}}}],
}
CASES: Final[dict[str, Document]] = {
    "accepted": {},
    "late": {"stated": "2026-12-24T10:00"},
    "dear": {"line": {"unit_paid": {"amount_minor": 40_000, "currency": "CNY"}, "category": "shoes"}},
    "proofs missing": {"unit": {"reason": "faulty", "wish": "repair"}},
    "goodwill": {"stated": "2026-11-20T10:00", "goodwill": {"role": "agent", "reason": "loyal"}},
    "promise": {
        "stated": "2026-12-24T10:00",
        "promises": [{"id": "P", "until": "2026-12-31"}],
        "signals": [{"code": "often", "says": said("often")}],
    },
    "confirmed": {
        "line": {
            "goods": ["perishable"],
            "confirmations": [{"goods": "perishable", "at": moment("2026-10-30T10:00").isoformat()}],
        }
    },
}
SHORT_LAW: Final = (Window, IntactTest, Exclusion)
DIGESTS: Final[dict[str, tuple[str, str, str]]] = {
    "accepted": ("9c7cb097795d25cd", "238ea81a04af41cd", "9140236f495a11da"),
    "late": ("b7103cd39c7f75ad", "d63890c3ae742f40", "b8e89d358f104875"),
    "dear": ("ad0a30b901983774", "b6c1114faec1f77f", "602552a3764ebd6e"),
    "proofs missing": ("b6ef2a31a17a8e82", "03216690f9881bed", "c08b7cdf7e8bede9"),
    "goodwill": ("f702e3b36de0771f", "6be3ffc00a97595e", "396bd97a9083b319"),
    "promise": ("826be3aae0191ae7", "a322067ac0b2c085", "7b943170a37890cc"),
    "confirmed": ("25a2ca47dcefb6a7", "3b1575cdb3a7c602", "7b81f27563445095"),
}
KINDS: Final[dict[str, str]] = {
    "AddressRow": "carriers collect_on_delivery contact id lines phone recipient when",
    "Alternative": "offer says",
    "AlternativeRow": "id instead_of offers when",
    "AnyOf": "words",
    "Between": "least most",
    "Case": (
        "channel consumer currency goodwill lines ordered_at parcels policy progress promises regime "
        "segment signals stated_at told wants_person"
    ),
    "Category": "code law_class parent says",
    "Confirmation": "at by_default goods",
    "Consequences": (
        "freight outbound_part outbound_whole promotion_mode remedy restocking_basis_points value_loss_possible"
    ),
    "Deadline": "clause day ends_at may_wait_for name provisional says waits_for warns_at",
    "Decision": "deadlines decided_at inputs_sha256 law policies policy_sha256 provisional units verdict",
    "Duty": "topic",
    "Exclusion": "goods needs_confirmation only_if",
    "ExclusionRow": "beyond_law goods id needs_confirmation says when",
    "Explained": "at before_contract",
    "FeeBar": "cause",
    "FeeRow": "basis_points beyond_law cause id when",
    "Finding": "clause facts ground layer result rule says",
    "Freight": "amount clause deductible payer says",
    "FreightRow": "amount cause id payer when",
    "Goodwill": "lines reason role second_person",
    "GoodwillRow": "days_late role second_above up_to",
    "Harmless": "states",
    "IntactRow": "beyond_law id states when",
    "IntactTest": "classes refuses states",
    "LawRule": "article confidence effective_from effective_until id says source term",
    "Line": "category confirmations goods id parcels sku unit_paid units",
    "Look": "code says",
    "Money": "currency minor",
    "NoProofs": "allowed cause",
    "NoneOf": "words",
    "OutboundFreightRule": "cause part whole",
    "OutboundRow": "cause id part when whole",
    "Parcel": "carrier_delivered_at dispatched_at id signed_for_at",
    "Penalty": "after period what",
    "Period": "count unit",
    "PersonRow": "id says when",
    "Policy": (
        "addresses alternatives calendar categories channels currency effective_from effective_until "
        "exclusions fees freight goodwill id intact merchant outbound persons promises promotions proofs "
        "reasons refunds regimes remedies retention segments title transit_buffer_days version "
        "waived_exclusions waived_states windows"
    ),
    "Progress": "agreed_at collects goods_in_at sent_at",
    "Promise": "free_freight id lines remedies until",
    "Promises": "decide_hours object_within send_back warn_at",
    "Promotion": "mode other_if_told",
    "PromotionRow": "id mode when",
    "ProofRow": "beyond_law id required when",
    "Reason": "code fault person says",
    "RefundClock": "cause if_collected may_wait_for period starts",
    "RefundRow": "clock id when",
    "Regime": "calendar code currency name rules version",
    "Retention": "period record",
    "ReturnFreight": "cause if_not_told payer",
    "SameMeans": "",
    "Season": "first last",
    "SendBack": "period",
    "Signal": "code says",
    "Told": ("freight_at_approval freight_before_contract promotion_mode return_address_given withdrawal"),
    "Unit": "failed_repairs id pieces proofs reason serial_differs states taken wish",
    "UnitDecision": (
        "alternatives cause consequences deadlines findings ground line_id looks missing stands_on unit_id verdict"
    ),
    "When": "tests",
    "Window": "after_failed_repairs cause extension period remedies rolls_over starts",
    "WindowRow": "id when window",
    "WorkingCalendar": "closes holidays id make_up_days opens published weekdays zone",
}


def a_case(name: str) -> case_documents.NamedCase:
    return case_documents.read_case(raw(a_case_document(**CASES[name])))


def decision_of(name: str) -> Decision:
    """Under one law and one calendar without holidays: a new holiday list is no reason for another digest."""
    asked, china = a_case(name), laws()["CN"]
    law = replace(china, version="1", rules=tuple(rule for rule in china.rules if isinstance(rule.term, SHORT_LAW)))
    days = {"CN": replace(calendars()["CN"], holidays=frozenset(), make_up_days=frozenset())}
    return decide(asked.case, [a_policy(**POLICY)], {"CN": law}, days, asked.at)


def digests_of(name: str) -> tuple[str, str, str]:
    """Of the case, of what the decision was computed from, of the decision itself; the first digits."""
    asked, decision = a_case(name), decision_of(name)
    return sha256_of(asked.case)[:16], decision.inputs_sha256[:16], sha256(decision.to_bytes()).hexdigest()[:16]


@pytest.mark.parametrize("name", CASES)
def test_a_case_and_its_decision_keep_the_digests_of_the_first_day(name: str) -> None:
    """B10: a changed class name, field name or sentence changes a digest, and stored decisions could not be checked."""
    assert digests_of(name) == DIGESTS[name]


def dataclasses_in(hint: Any) -> Iterator[type]:
    """Every dataclass that a value of this type can contain, the type itself included."""
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
        hints = get_type_hints(hint)
        for field in fields(hint):
            yield from dataclasses_in(hints[field.name])
    for part in get_args(hint):
        yield from dataclasses_in(part)


def written(kind: type) -> tuple[str, str]:
    first = (field.name for field in fields(kind) if "added" not in field.metadata)
    return getattr(kind, "written_as", kind.__name__), " ".join(sorted(first))


def test_every_class_in_a_stored_digest_keeps_its_written_name_and_its_fields() -> None:
    """B10: a class with a new name carries the old one as `written_as`."""
    found = dict(
        written(kind) for root in (Case, Decision, Policy, Regime, WorkingCalendar) for kind in dataclasses_in(root)
    )
    assert {name: names for name, names in found.items() if name not in ADDED_KINDS} == KINDS


ADDED_KINDS: Final = {"Rates", "ShipTo"}
"""Classes that only fields of `ADDED` hold."""


def test_a_field_that_was_added_is_written_only_with_a_value_of_its_own() -> None:
    """Z10: a case without a place has the bytes of the first day; one with a place has others."""
    case = a_case("accepted").case
    there = replace(case, ship_to=ShipTo("CN", "CN-31"))
    assert b"ship_to" not in canonical(case)
    text = b'"ship_to":{"country":"CN","kind":"ShipTo","subdivision":"CN-31","time_zone":null}'
    assert text in canonical(there)
    assert json.loads(canonical(there)) == {**json.loads(canonical(case)), "ship_to": json.loads(text[10:])}
    assert list(json.loads(canonical(there))) == sorted(json.loads(canonical(there)))


def test_the_written_name_is_what_stands_in_the_bytes() -> None:
    decision = decision_of("late")
    assert b'"kind":"Finding"' in canonical(decision)
    assert b"RuleResult" not in canonical(decision)
    assert sha256_of(replace(decision, law="CN@0")) != sha256_of(decision)
