"""The errors of the verbs of a return."""

from shared.kernel.errors import Malformed, Refused, Said


class NoSuchUnit(Malformed):
    """The return has no such unit."""

    code = "no_such_unit"
    title = Said("The return has no such unit", "退货单中没有该商品")
    detail = Said("The return has no unit {unit}.", "退货单中没有商品 {unit}。")


class ParcelAlreadyAnnounced(Refused):
    """The parcel has been announced before."""

    code = "parcel_already_announced"
    title = Said("This parcel is known already", "该包裹已登记")
    detail = Said(
        "The parcel {tracking_number} of {carrier} was announced before.",
        "{carrier} 的包裹 {tracking_number} 此前已登记。",
    )


class TooManyParcels(Refused):
    """The return has reached the limit of parcels."""

    code = "too_many_parcels"
    title = Said("Too many parcels", "包裹过多")
    detail = Said("A return has at most {limit} parcels.", "每个退货单最多登记 {limit} 个包裹。")


class SecondPersonNeeded(Refused):
    """The person who gave the goodwill may not approve the same goodwill."""

    code = "second_person_needed"
    title = Said("A second person has to agree", "须由第二人同意")
    detail = Said(
        "You have asked for this goodwill yourself; a colleague decides.", "该善意处理由您提出，须由其他同事决定。"
    )
