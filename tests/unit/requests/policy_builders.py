"""Policies and cases in a few words: documents with what matters to a test, decided under our laws."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.decision import Decision, RuleResult, UnitDecision
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.term import Promotion
from service_requests.domain.policy.vocabulary import Mode
from shared.documents.calendars import load_calendars
from shared.kernel.places import Calendars

ZONES: Final = {"CN": "Asia/Shanghai", "EU": "Europe/Brussels", "UK": "Europe/London", "US": "America/New_York"}
CURRENCIES: Final = {"CN": "CNY", "EU": "EUR", "UK": "GBP", "US": "USD"}

Document = dict[str, Any]


@cache
def laws() -> dict[str, Regime]:
    return documents.load_regimes()


def settled_discounts() -> dict[str, Regime]:
    """The laws, were China's to leave the merchant no other way of sharing discounts (no pack says so today)."""
    china = laws()["CN"]
    rules = tuple(
        replace(rule, term=Promotion(Mode.RE_RATE, other_if_told=False)) if isinstance(rule.term, Promotion) else rule
        for rule in china.rules
    )
    return {**laws(), "CN": replace(china, rules=rules)}


@cache
def calendars() -> Calendars:
    return load_calendars()


def raw(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def said(text: str) -> Document:
    return {"en": text, "zh-CN": text}


def a_policy_document(**but: Any) -> Document:
    """The smallest policy that serves every regime and knows a few reasons and categories."""
    return {
        "policy": "shop",
        "version": "1",
        "effective_from": "2024-01-01",
        "title": said("Returns"),
        "merchant": "Shop",
        "regimes": ["CN", "EU", "UK", "US"],
        "calendar": "CN",
        "currency": "CNY",
        "categories": {
            "clothing": {"says": said("clothing"), "law_class": "textiles_and_wares"},
            "shoes": {"says": said("shoes"), "parent": "clothing"},
            "electronics": {"says": said("electronics"), "law_class": "electronics"},
            "cosmetics": {"says": said("cosmetics"), "law_class": "sealed_goods"},
        },
        "segments": ["regular", "vip"],
        "reasons": {
            "no_reason": {"says": said("no reason"), "fault": "customer"},
            "faulty": {"says": said("faulty"), "fault": "merchant"},
            "crushed": {"says": said("crushed"), "fault": "carrier"},
            "story": {"says": said("a story"), "fault": "customer", "person": True},
        },
        "addresses": [
            {
                "id": "main",
                "recipient": "Returns",
                "lines": ["1 Road"],
                "contact": "Ms Lin",
                "phone": "+86 1",
                "carriers": ["SF Express"],
            }
        ],
        **but,
    }


def a_policy(**but: Any) -> Policy:
    return documents.publishable_policy(raw(a_policy_document(**but)), laws(), calendars())


def days_for(days: int, cause: str = "change_of_mind", **when: Any) -> Document:
    """A window row."""
    name = "-".join([cause.replace("_", "-"), str(days), *when])
    return {"id": name, "when": when, "window": {"cause": cause, "period": {"days": days}}}


def moment(text: str, regime: str = "CN") -> datetime:
    """Local time of the regime."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[regime]))


def a_case_document(
    regime: str = "CN", unit: Document | None = None, line: Document | None = None, **but: Any
) -> Document:
    """One unit, ordered on 30 October and signed for on 2 November 2026 at 10:15, stated the day after."""
    at = moment(but.pop("stated", "2026-11-03T10:00"), regime).isoformat()
    arrived = but.pop("arrived", "2026-11-02T10:15")
    parcel: Document = {"id": "p", "dispatched_at": moment("2026-10-31T10:00", regime).isoformat()}
    if arrived:
        parcel["signed_for_at"] = moment(arrived, regime).isoformat()
    return {
        "case": "test",
        "at": at,
        "regime": regime,
        "currency": CURRENCIES[regime],
        "ordered_at": moment(but.pop("ordered", "2026-10-30T10:00"), regime).isoformat(),
        "stated_at": at,
        "parcels": [parcel],
        "lines": [
            {
                "id": "L",
                "sku": "S",
                "unit_paid": {"amount_minor": 10_000, "currency": CURRENCIES[regime]},
                "units": [{"id": "1", "reason": "no_reason", **(unit or {})}],
                **(line or {}),
            }
        ],
        **but,
    }


def decided(regime: str = "CN", *, policies: Sequence[Policy] = (), **but: Any) -> Decision:
    named_case = case_documents.read_case(raw(a_case_document(regime, **but)))
    return decide(named_case.case, policies or [a_policy()], laws(), calendars(), named_case.at)


def unit_of(regime: str = "CN", *, policies: Sequence[Policy] = (), **but: Any) -> UnitDecision:
    """The answer for the one unit."""
    return decided(regime, policies=policies, **but).units[0]


def finding(unit: UnitDecision, rule: str, ground: str = "law") -> RuleResult:
    return next(each for each in unit.findings if each.rule == rule and each.ground.startswith(ground))


def day_of(decision: Decision | UnitDecision, name: str) -> date | None:
    return next(each.day for each in decision.deadlines if each.name == name)
