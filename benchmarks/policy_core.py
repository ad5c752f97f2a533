"""An eligibility decision of a 5-line order, to be measured by `benchmarks/cores.py`."""

import json
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.timing import Row
from service_requests.adapters import policy_documents as documents
from service_requests.domain.rights.engine import decide
from service_requests.domain.rights.explain import explain

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


def rows() -> list[Row]:
    """What `benchmarks/cores.py` measures of this core."""
    regimes, calendars = documents.load_regimes(), documents.load_calendars()
    text = (ROOT / "docs" / "examples" / "policies" / "aurora.yaml").read_bytes()
    policies = [documents.publishable(text, regimes, calendars)]
    question = documents.read_case(a_case())
    decision = decide(question.case, policies, regimes, calendars, question.at)
    return [
        Row(
            "eligibility, 5 lines",
            (lambda: decide(question.case, policies, regimes, calendars, question.at),),
            goal_ms=2.0,
        ),
        Row("eligibility, the decision's bytes", (decision.to_bytes,)),
        Row("eligibility, explained in Chinese", (lambda: explain(decision, "zh-CN"),)),
    ]
