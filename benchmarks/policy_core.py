"""An eligibility decision of a 5-line order, to be measured by `benchmarks/cores.py`."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from service_requests.adapters.eligibility import case_documents

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.timing import Row
from service_requests.adapters.policy import policy_documents as documents
from service_requests.adapters.policy.rulebook_source import shipped_rulebook
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.eligibility.explanation import explain
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import OrderFreight, OrderLine, Tender
from shared.documents.calendars import load_calendars

REASONS: Final = ("changed_mind", "does_not_fit", "defective", "damaged_in_transit", "other")
CATEGORIES: Final = ("clothing", "shoes", "electronics", "cosmetics", "food")


def a_case() -> bytes:
    """Five lines of different kinds and reasons in three parcels, one of them not yet delivered."""
    lines: list[dict[str, Any]] = [
        {
            "id": f"line-{number}",
            "sku": f"SKU-{number}",
            "category": category,
            "unit_paid": {"amount_minor": 19_900 + number, "currency": "CNY"},
            "units": [{"id": "1", "reason": reason, "states": ["opened", "tried"]}],
        }
        for number, (category, reason) in enumerate(zip(CATEGORIES, REASONS, strict=True))
    ]
    parcels = [
        {"id": "a", "signed_for_at": "2026-11-02T10:15:00+08:00"},
        {"id": "b", "carrier_delivered_at": "2026-11-03T09:00:00+08:00"},
        {"id": "c", "dispatched_at": "2026-11-01T09:00:00+08:00"},
    ]
    case = {
        "case": "benchmark",
        "at": "2026-11-09T20:00:00+08:00",
        "regime": "CN",
        "currency": "CNY",
        "ordered_at": "2026-10-30T10:00:00+08:00",
        "stated_at": "2026-11-09T20:00:00+08:00",
        "parcels": parcels,
        "lines": lines,
    }
    return json.dumps(case).encode()


def an_order(at: datetime) -> Order:
    """One coat, delivered four days ago, as the service keeps it."""
    line = OrderLine(
        line_id="L1",
        sku="COAT-M",
        name="Wool coat M",
        category="clothing",
        quantity=1,
        unit_price_minor=10_000,
        discount_minor=0,
        paid_minor=10_000,
    )
    return Order(
        id="order_1",
        number="N-1",
        storefront="shop",
        customer_id="anna",
        language="en",
        regime="EU",
        currency="EUR",
        prices_include_tax=True,
        ordered_at=at - timedelta(days=6),
        delivered_at=at - timedelta(days=4),
        lines=(line,),
        freight=OrderFreight(0),
        tenders=(Tender("T1", "card", 10_000, "ch_1"),),
        total_minor=10_000,
        created_at=at,
    )


def rows() -> list[Row]:
    """What `benchmarks/cores.py` measures of this core."""
    regimes, calendars = documents.load_regimes(), load_calendars()
    text = (ROOT / "docs" / "examples" / "policies" / "aurora.yaml").read_bytes()
    policies = [documents.publishable_policy(text, regimes, calendars)]
    question = case_documents.read_case(a_case())
    decision = decide(question.case, policies, regimes, calendars, question.at)
    rules, at = shipped_rulebook(), datetime(2026, 11, 24, 12, tzinfo=UTC)
    order, wish = an_order(at), (RequestedLine(line_id="L1", quantity=1, reason="changed_mind", condition="unopened"),)
    return [
        Row(
            "eligibility, 5 lines",
            (lambda: decide(question.case, policies, regimes, calendars, question.at),),
            goal_ms=2.0,
        ),
        Row(
            "eligibility, 1 line as the service keeps it",
            (lambda: assess_request(rules, order, wish, stated_at=at, at=at),),
            goal_ms=0.5,
        ),
        Row("eligibility, the decision's bytes", (decision.to_bytes,)),
        Row("eligibility, explained in Chinese", (lambda: explain(decision, "zh-CN"),)),
    ]
