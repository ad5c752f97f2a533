"""What a converted snapshot must keep, written down apart from the code that converts."""

from typing import Any


def reconciles(order: Any) -> None:
    """Lines, freight and charges add up to the total; each line follows from its price; taxes are inside or beside."""
    parts = [*order["lines"], order["freight"], *order.get("charges", [])]
    assert sum(part["paid_minor"] for part in parts) == order["total_minor"]
    for part in parts:
        assert part["paid_minor"] >= 0
        assert all(tax["amount_minor"] >= 0 for tax in part["taxes"])
        assert sum(tax["amount_minor"] for tax in part["taxes"]) <= part["paid_minor"]
    for line in order["lines"]:
        if "unit_price_minor" not in line:
            continue
        beside = 0 if order["prices_include_tax"] else sum(tax["amount_minor"] for tax in line["taxes"])
        assert line["discount_minor"] >= 0
        assert line["quantity"] * line["unit_price_minor"] - line["discount_minor"] + beside == line["paid_minor"]
    assert sum(each["captured_minor"] for each in order["tenders"]) <= order["total_minor"]
