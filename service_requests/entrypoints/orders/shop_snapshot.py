"""Reads the documents that a shop's order was converted to, by the same shapes as the operations that take them."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from service_requests.application.orders.shop_delivery import FactOfShop
from service_requests.domain.orders.later_fact import (
    ParcelTold,
    PaymentCaptured,
    RefundedElsewhere,
    UnitsCancelled,
)
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.shops.snapshot import ConvertedOrder
from service_requests.entrypoints.orders.fact_routes import OrderCancellationIn, OrderPaymentIn, OrderRefundIn
from service_requests.entrypoints.orders.order_shapes import OrderIn
from service_requests.entrypoints.orders.parcel_routes import ParcelsIn
from shared.kernel.errors import Malformed, Said

M = TypeVar("M", bound=BaseModel)


class OrderDocumentInvalid(Malformed):
    """A converted order has a field that the operation for orders does not take."""

    code = "order_document_invalid"
    title = Said("The order cannot be taken in", "无法导入该订单")
    detail = Said("The converted order has a wrong field: {why}", "转换后的订单字段有误：{why}")


def read_order(document: Mapping[str, Any], key: str, at: datetime) -> tuple[Order, frozenset[str]]:
    """The order of a document that did not come as a body of its own, and its lines without a unit price.

    `OrderDocumentInvalid`, `AmountDoesNotFit`.
    """
    body = _read(OrderIn, document)
    return body.snapshot(key, at), body.unpriced()


def read_facts(converted: ConvertedOrder, at: datetime) -> Iterator[FactOfShop]:
    """The later facts of a converted order: money first, because refunds name their payments."""
    for payment in converted.payments:
        yield FactOfShop(f"payment {payment['tender_id']}", partial(_payment, payment, at))
    if converted.parcels:
        yield FactOfShop("parcels", partial(_parcels, converted.parcels, at))
    for cancellation in converted.cancellations:
        yield FactOfShop(f"cancellation {cancellation['cancellation_id']}", partial(_cancellation, cancellation, at))
    for refund in converted.refunds:
        yield FactOfShop(f"refund {refund['refund_id']}", partial(_refund, refund, at))


def _payment(document: Mapping[str, Any], at: datetime) -> PaymentCaptured:
    return _read(OrderPaymentIn, document).told(at)


def _cancellation(document: Mapping[str, Any], at: datetime) -> UnitsCancelled:
    return _read(OrderCancellationIn, document).told(at)


def _refund(document: Mapping[str, Any], at: datetime) -> RefundedElsewhere:
    return _read(OrderRefundIn, document).told(at)


def _parcels(documents: Any, at: datetime) -> tuple[ParcelTold, ...]:
    return tuple(each.told(at) for each in _read(ParcelsIn, {"parcels": documents}).parcels)


def _read(shape: type[M], document: Mapping[str, Any]) -> M:
    """The document in a shape; `OrderDocumentInvalid` names the first field that does not fit."""
    try:
        return shape.model_validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors()[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise OrderDocumentInvalid(pointer=pointer, why=first["msg"]) from error
