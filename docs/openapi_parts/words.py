"""What each field of a request means: a model's own words first, then its docstring in the code, then these tables.

One name has one meaning; where a model uses a name for something else, `SCHEMA.field` says it.
"""

from typing import Any, Final

Document = dict[str, Any]

GENERIC: Final = (
    "Any visible text, kept in NFC without blanks at its ends.",
    "RFC 3339 with a time zone; years 1970 to 2199.",
    "Minor units of the currency, e.g. cents.",
    "As people write it; case, blanks and hyphens do not matter and are not kept.",
    "BCP 47. Chinese of any region gets Simplified Chinese, any other language English.",
)
"""What a kind of field says of its form; it follows what the field means."""

TAGS: Final = {
    "audit": "Who was turned away from what.",
    "contacts": "How customers are addressed, and in which language.",
    "discrepancies": "What a count does not explain, and what a person decided about it.",
    "documentation": "This document.",
    "finance": "The ledger, the feed of refund events, and what was paid twice.",
    "identity": "Sessions, accounts, keys and customers' tokens.",
    "inspections": "What the bench found, and decisions about units that failed.",
    "messages": "What was said to customers.",
    "operations": "Parked events and background loops of each service.",
    "orders": "Orders as they were paid, and what happens to them later.",
    "payment simulator": "The payment provider of tests and demonstrations.",
    "policy": "The merchant's policy: in force, published, tried.",
    "receipts": "Parcels and pieces as they arrive.",
    "refunds": "Money on its way back to customers.",
    "returns": "Returns from the wish to the end.",
    "shops": "Connected shops, and their webhooks.",
}

BY_NAME: Final = {
    "account_id": "The id of the account.",
    "amount_minor": "The amount.",
    "at": "When it happened.",
    "bundle_id": "The shop's own id of the set within the order.",
    "bundles": "Sets with one price.",
    "cancellation_id": "The shop's own id of the cancellation; repeating it is harmless.",
    "captured_minor": "What has been received.",
    "carrier": "The carrier's code or name.",
    "category": "The category of the article, by which a policy may tell goods apart.",
    "channel": "Where the wish came from.",
    "charge_id": "The shop's own id of the charge within the order.",
    "charges": "What was charged besides goods and freight.",
    "check": "What was checked.",
    "comment": "What the customer says about it.",
    "condition": "The condition as the customer describes it, in a word of the policy.",
    "consumer": "The consumer of events, as the list names it.",
    "currency": "ISO 4217.",
    "cursor": "`next` of the page before.",
    "customer_id": "The shop's own id of the customer.",
    "days": "How many days back.",
    "decision": "Accept or refuse.",
    "delivered_at": "When it was delivered.",
    "disabled": "Whether the account may no longer sign in.",
    "discount_id": "The shop's own id of the discount within the order.",
    "discount_minor": "The line's own discounts, which `paid_minor` does not contain any more.",
    "discounts": "Discounts on the order that no line contains yet.",
    "discrepancy_id": "The id of the discrepancy.",
    "dispatched_at": "When it was sent.",
    "document": "The policy as YAML text.",
    "email": "The e-mail address.",
    "en": "In English.",
    "entry_id": "The id of the entry.",
    "event_id": "The id of the event.",
    "external_reference": "The name of the return in another system.",
    "findings": "What was checked, one by one.",
    "form_of_address": "How letters address the customer.",
    "freight": "Freight to the customer.",
    "freight_minor": "What was paid back of the freight.",
    "goods": "Kinds that a law or a policy treats in its own way.",
    "goodwill": "More than anybody is owed, given by a member of staff.",
    "ids": "The ids.",
    "inspect_by": "The new deadline; later than the one it had.",
    "items": "What was counted.",
    "key_id": "The id of the key.",
    "kind": "Which kind it is.",
    "language": "The language that the customer reads.",
    "limit": "How many entries at most.",
    "line_id": "The shop's own id of the line within the order.",
    "line_ids": "The lines that it is about; empty for all.",
    "lines": "The lines, each once.",
    "message_id": "The id of the message.",
    "metadata": "The merchant's own facts, text by text.",
    "lost_at": "The moment of the loss, as the list of queues shows it.",
    "mode": "How the simulator behaves from now on.",
    "name": "The name that people read.",
    "note": "In your own words, for colleagues.",
    "notes": "What is known, in your own words.",
    "numbers": "Each subject with the highest number that the asker knows.",
    "number": "The number of the order, as customers know it.",
    "order_id": "The id of the order.",
    "ordered_at": "When it was ordered.",
    "outcome": "What the result is.",
    "overdue": "`true`: only those past their deadline. `false`: only the others.",
    "paid_minor": "What was paid for it, tax included.",
    "parcels": "The parcels.",
    "parts": "The lines of which the set consists.",
    "passed": "Whether the check was passed.",
    "password": "The password.",
    "prices_include_tax": "Whether the amounts contain the tax.",
    "proofs": "What proof is at hand.",
    "quantity": "How many pieces.",
    "rate": "The rate in per cent, such as `19` or `8.875`.",
    "reason": "Why, in your own words.",
    "receipt_id": "The id of the receipt.",
    "reference": "The payment provider's name for it.",
    "refund_id": "The id of the refund.",
    "regime": "The law of the sale.",
    "return_id": "The id of the return.",
    "rma": "The number of the return, as printed on the parcel.",
    "roles": "The roles of the account; they replace those it had.",
    "scanned_at": "When the scanner saw it.",
    "segment": "The group of customers, by which a policy may differ.",
    "ship_to": "Where the order was sent.",
    "shop": "The name of the connection.",
    "signed_for_at": "When the recipient signed for it.",
    "sku": "The shop's own number of the article.",
    "standard_minor": "What the cheapest standard way would have cost.",
    "state": "Only those in this state.",
    "status": "Only those with this status.",
    "states": "What can be said about the condition besides.",
    "storefront": "The storefront that sold it.",
    "subject": "Only events about this subject.",
    "tags": "All tags; what is left out is gone.",
    "taxes": "Tax as charged, by rate.",
    "tender_id": "The shop's own id of the payment within the order.",
    "tenders": "The payments.",
    "text": "The text.",
    "times": "For how many transfers; without it, for all.",
    "total_minor": "What the order cost in all, tax included.",
    "tracking_number": "The carrier's number of the parcel.",
    "ttl_seconds": "For how long the token is valid.",
    "unit_id": "The id of the unit.",
    "unit_ids": "The ids of the units.",
    "unit_price_minor": "The price of one piece.",
    "units": "The units.",
    "warehouse": "The warehouse; a scanner's key names its own.",
    "weight_minor": "The price of the part alone, by which the price of the set is shared.",
    "zh-CN": "In Simplified Chinese.",
}

BY_FIELD: Final = {
    "AskedLineIn.reason": "Why it comes back: a code of the policy.",
    "WishIn.reason": "Why it comes back: a code of the policy.",
    "CustomerTokenIn.language": "The language of pages for the holder of the token.",
    "DoublePaymentClosureIn.outcome": "What became of the money that went out twice.",
    "GoodwillIn.reason": "A code that the customer may see, such as `bereavement`.",
    "KeyIn.kind": "A system or a scanner.",
    "LineIn.parcels": "The parcels that the line was sent in.",
    "LookIn.outcome": "Whether the pieces passed.",
    "OrderCancellationIn.reason": "Why, for the record.",
    "OrderIn.delivered_at": "When the order was delivered, where no parcels are named.",
    "OrderPaymentIn.kind": "The means of payment.",
    "OrderRefundIn.refund_id": "The shop's own id of the refund; repeating it is harmless.",
    "OrderRefundIn.lines": "The units that it was paid for, where known.",
    "OrderRefundIn.charges": "The charges that it was paid for, where known.",
    "OrderRefundIn.tenders": "The money, by payment.",
    "ParcelIn.id": "The shop's own id of the parcel within the order.",
    "ParcelOfOrderIn.id": "The shop's own id of the parcel within the order.",
    "ParcelTellIn.id": "The shop's own id of the parcel within the order.",
    "RefusalIn.reason": "Why the return is refused, in both languages.",
    "RemainderClosureIn.outcome": "What became of the money that could not be paid back.",
    "ResolutionIn.outcome": "What becomes of the goods, or what the answer is.",
    "ShopIn.kind": "The software of the shop.",
    "ShopIn.storefront": "The storefront that its orders come into.",
    "TenderIn.kind": "The means of payment.",
    "TrialIn.limit": "How many returns at most, the newest first.",
    "UnitDecisionIn.decision": "Accept or refuse the unit.",
    "GET /v1/policies/{name}.name": "The name of the policy's version.",
    "GET /v1/receipts.kind": "Only receipts of this kind.",
    "GET /v1/orders.number": "The number of the order, as customers know it.",
}


class NoWords(LookupError):
    """A field of a request has no description; say it in its model, or in `docs/openapi_parts/words.py`."""


def describe(document: Document, inputs: frozenset[str], docstrings: dict[str, str]) -> None:
    """Give every field of a request, every parameter and every tag its description."""
    for name in sorted(inputs):
        for field, schema in document["components"]["schemas"][name].get("properties", {}).items():
            place = f"{name}.{field}"
            said = _said(place, field, _own(schema), docstrings)
            default = schema.get("x-default")
            if default is not None:
                said += f" Without it: `{_shown(default)}`."
            schema["description"] = said
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", ()):
                place = f"{method.upper()} {path}.{parameter['name']}"
                own = parameter.get("description") or _own(parameter["schema"])
                parameter["description"] = _said(place, parameter["name"], own, docstrings)
                parameter["schema"].pop("description", None)
    document["tags"] = [{**tag, "description": _tag(tag["name"])} for tag in document["tags"]]


def _own(schema: Document) -> str:
    options = [schema, *schema.get("anyOf", ())]
    return next((option["description"] for option in options if option.get("description")), "")


def _said(place: str, field: str, own: str, docstrings: dict[str, str]) -> str:
    if own and own not in GENERIC:
        return own
    found = docstrings.get(place) or BY_FIELD.get(place) or BY_NAME.get(field)
    if found is None:
        raise NoWords(f"{place} has no description: say it in the model, or in docs/openapi_parts/words.py")
    return f"{found} {own}".strip()


def _shown(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case []:
            return "none"
        case _:
            return str(default)


def _tag(name: str) -> str:
    if name not in TAGS:
        raise NoWords(f"the tag {name} has no description in docs/openapi_parts/words.py")
    return TAGS[name]
