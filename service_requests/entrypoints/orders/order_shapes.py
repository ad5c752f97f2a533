"""The shape of an order as storefronts push it, and its translation into the order of the domain (A17, N06)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from service_requests.domain.orders import order_part as domain
from service_requests.domain.orders.order import AmountDoesNotFit, Order
from service_requests.domain.orders.order_part import ChargeKind, PaymentMeans
from service_requests.domain.policy.vocabulary import Goods
from service_requests.entrypoints.orders.place_fields import ShipToIn
from shared.contracts.events import Regime
from shared.kernel.errors import Said
from shared.web.fields import CurrencyCode, Input, LanguageTag, Minor, Moment, Name, Quantity, Token

NO_AMOUNT: Final = Said(
    "This field is required, unless the line is a part of a bundle with a price.",
    "此字段为必填项，除非该行属于有价格的组合商品。",
)
TAX_SIGN: Final = Said(
    "The tax has another sign than the line. Only a line with a negative amount has negative tax.",
    "税额与商品行的正负不一致。仅金额为负的行可有负税额。",
)
Rate = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)(\.[0-9]{1,6})?$")]


class TaxIn(Input):
    """Tax as charged."""

    rate: Rate
    amount_minor: Minor


Signed = Annotated[int, Field(ge=-(10**12), le=10**12, description="Minor units of the currency, e.g. cents.")]
Kind = Annotated[Goods, Field(strict=False)]


class SignedTaxIn(Input):
    """Tax as charged; negative in a line that is a discount."""

    rate: Rate
    amount_minor: Signed


class LineIn(Input):
    """One line as paid: `paid_minor` covers all of it, its own discounts off, tax included.

    A line with a negative amount is a discount: the lines that it covers share it when the order comes in.
    """

    line_id: Token
    sku: Token
    name: Name
    category: Token | None = None
    quantity: Quantity
    unit_price_minor: Signed | None = None
    """May be left out, and may miss the amount by one minor unit a piece: 3 pieces of 3.33 for 10.00."""
    discount_minor: Minor = 0
    paid_minor: Signed | None = None
    """Negative for a discount that was sold as a line. Left out for a part of a bundle with one price."""
    taxes: list[SignedTaxIn] = Field(default_factory=list, max_length=10)
    final_sale_confirmed: bool = False
    """The buyer confirmed by hand that it does not come back; it binds only where the law gives no right (B05)."""
    goods: list[Kind] = Field(default_factory=list, max_length=16)
    """Kinds that a law or a policy may leave out of a return without a reason, e.g. `made_to_order`."""
    confirmed: list[Kind] = Field(default_factory=list, max_length=16)
    """Those of them that the buyer confirmed by hand at this purchase; a box ticked by default is no consent."""
    parcels: list[Token] = Field(default_factory=list, max_length=20)
    bundle: Token | None = None
    """The id of the set that the line was sold in."""

    def is_discount(self) -> bool:
        """Whether the line takes something off the other lines."""
        return self.paid_minor is not None and self.paid_minor < 0


class ParcelIn(Input):
    """A parcel of the order. A window counts from the last one, by the best evidence there is (B02)."""

    id: Token
    dispatched_at: Moment | None = None
    delivered_at: Moment | None = None
    """As the carrier reported it."""
    signed_for_at: Moment | None = None
    """As the recipient signed for it."""


class FreightIn(Input):
    """Outbound freight as paid, tax included; `standard_minor` is the cheapest standard way at the time."""

    paid_minor: Minor = 0
    standard_minor: Minor | None = None
    taxes: list[TaxIn] = Field(default_factory=list, max_length=10)


class DiscountIn(Input):
    """A discount on the order that no `paid_minor` contains yet; without `line_ids` it covers every line of goods."""

    discount_id: Token
    name: Name
    amount_minor: Minor
    line_ids: list[Token] = Field(default_factory=list, max_length=500)


class ChargeIn(Input):
    """Something charged besides goods and freight, tax included; `line_id` names the line that it is for."""

    charge_id: Token
    kind: Annotated[ChargeKind, Field(strict=False)]
    name: Name | None = None
    paid_minor: Minor
    taxes: list[TaxIn] = Field(default_factory=list, max_length=10)
    line_id: Token | None = None


class BundlePartIn(Input):
    """A line of a bundle; `weight_minor` is its price alone, by which the price of the bundle is shared."""

    line_id: Token
    weight_minor: Minor


class BundleIn(Input):
    """A set with one price. Its parts are lines without an amount of their own."""

    bundle_id: Token
    sku: Token
    name: Name
    quantity: Quantity = 1
    paid_minor: Minor
    taxes: list[TaxIn] = Field(default_factory=list, max_length=10)
    parts: Annotated[list[BundlePartIn], Field(min_length=1, max_length=100)]


class TenderIn(Input):
    """A payment, of which `captured_minor` has been received; `reference` is the provider's name for it."""

    tender_id: Token
    kind: Annotated[PaymentMeans, Field(strict=False)]
    captured_minor: Minor
    reference: Token


class OrderIn(Input):
    """An order as it was paid. Its totals must reconcile to the last minor unit, its moments can have happened.

    Lines, bundles, freight and charges make `total_minor`. The payments may be less: a deposit, cash on delivery.

    Clocks may disagree by a day: beyond that nothing lies ahead of now, and nothing was sent, delivered or signed for
    before it was ordered, or delivered or signed for before it was sent.
    """

    number: Token
    storefront: Token
    customer_id: Token
    language: LanguageTag = "en"
    regime: Annotated[Regime, Field(strict=False)]
    currency: CurrencyCode
    prices_include_tax: bool = True
    ordered_at: Moment
    delivered_at: Moment | None = None
    parcels: list[ParcelIn] = Field(default_factory=list, max_length=50)
    segment: Token | None = None
    consumer: bool = True
    """False for a business: consumer law gives it nothing, the policy may."""
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=500)]
    bundles: list[BundleIn] = Field(default_factory=list, max_length=100)
    discounts: list[DiscountIn] = Field(default_factory=list, max_length=50)
    charges: list[ChargeIn] = Field(default_factory=list, max_length=50)
    freight: FreightIn = FreightIn()
    tenders: list[TenderIn] = Field(default_factory=list, max_length=10)
    total_minor: Minor
    ship_to: ShipToIn | None = None

    def unpriced(self) -> frozenset[str]:
        """The lines without a unit price of their own."""
        alone = [line.line_id for line in self.lines if line.unit_price_minor is None]
        return frozenset(alone) | self._parts()

    def _parts(self) -> frozenset[str]:
        return frozenset([part.line_id for bundle in self.bundles for part in bundle.parts])

    def _check_amounts(self) -> None:
        """`AmountDoesNotFit` for an amount that is missing or has the wrong sign."""
        parts = self._parts() if self.bundles else frozenset()
        for place, line in enumerate(self.lines):
            if line.paid_minor is None and line.line_id not in parts:
                raise AmountDoesNotFit(pointer=f"/lines/{place}/paid_minor", why=NO_AMOUNT)
            sign = -1 if line.is_discount() else 1
            for number, tax in enumerate(line.taxes):
                if sign * tax.amount_minor < 0:
                    raise AmountDoesNotFit(pointer=f"/lines/{place}/taxes/{number}/amount_minor", why=TAX_SIGN)

    def snapshot(self, key: str, at: datetime) -> Order:
        """The order of the domain, before anything is shared among its lines. `AmountDoesNotFit`."""
        self._check_amounts()
        return Order(
            id=key,
            number=self.number,
            storefront=self.storefront,
            customer_id=self.customer_id,
            language=self.language,
            regime=self.regime.value,
            currency=self.currency,
            prices_include_tax=self.prices_include_tax,
            ordered_at=self.ordered_at,
            delivered_at=self.delivered_at,
            lines=tuple(
                domain.OrderLine(
                    line_id=line.line_id,
                    sku=line.sku,
                    name=line.name,
                    category=line.category,
                    quantity=line.quantity,
                    unit_price_minor=line.unit_price_minor or 0,
                    discount_minor=line.discount_minor,
                    paid_minor=line.paid_minor or 0,
                    taxes=_taxes(line.taxes),
                    final_sale_confirmed=line.final_sale_confirmed,
                    goods=tuple(sorted({each.value for each in line.goods})),
                    confirmed=tuple(sorted({each.value for each in line.confirmed})),
                    parcels=tuple(sorted(set(line.parcels))),
                    bundle=line.bundle,
                )
                for line in self.lines
            ),
            freight=domain.OrderFreight(
                self.freight.paid_minor, self.freight.standard_minor, _taxes(self.freight.taxes)
            ),
            tenders=tuple(
                domain.Tender(t.tender_id, t.kind.value, t.captured_minor, t.reference) for t in self.tenders
            ),
            total_minor=self.total_minor,
            created_at=at,
            segment=self.segment,
            consumer=self.consumer,
            parcels=tuple(
                domain.OrderParcel(p.id, p.dispatched_at, p.delivered_at, p.signed_for_at) for p in self.parcels
            ),
            discounts=tuple(
                domain.OrderDiscount(each.discount_id, each.name, each.amount_minor, tuple(each.line_ids))
                for each in self.discounts
            ),
            charges=tuple(_charge(each) for each in self.charges),
            bundles=tuple(_bundle(each) for each in self.bundles),
            ship_to=self.ship_to.place() if self.ship_to is not None else None,
        )


def _charge(charge: ChargeIn) -> domain.OrderCharge:
    return domain.OrderCharge(
        charge_id=charge.charge_id,
        kind=charge.kind.value,
        name=charge.name,
        paid_minor=charge.paid_minor,
        taxes=_taxes(charge.taxes),
        line_id=charge.line_id,
    )


def _bundle(bundle: BundleIn) -> domain.OrderBundle:
    return domain.OrderBundle(
        bundle_id=bundle.bundle_id,
        sku=bundle.sku,
        name=bundle.name,
        quantity=bundle.quantity,
        paid_minor=bundle.paid_minor,
        taxes=_taxes(bundle.taxes),
        parts=tuple(domain.BundlePart(part.line_id, part.weight_minor) for part in bundle.parts),
    )


def _taxes(taxes: Sequence[TaxIn | SignedTaxIn]) -> tuple[domain.TaxCharged, ...]:
    return tuple(domain.TaxCharged(tax.rate, tax.amount_minor) for tax in taxes)
