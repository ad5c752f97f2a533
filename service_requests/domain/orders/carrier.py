"""Carriers and tracking numbers as people write them (Z36).

A carrier of the table is known by each of its names, in both languages, and gets one name. Any other carrier keeps the
name that was written. A tracking number is kept in the form in which tracking numbers are compared.
"""

import re
from collections.abc import Mapping
from typing import Final

from shared.kernel.written import same_number

CARRIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "SF Express": ("sf", "shunfeng", "顺丰", "顺丰速运", "順豐", "順豐速運"),
    "ZTO Express": ("zto", "zhongtong", "中通", "中通快递"),
    "YTO Express": ("yto", "yuantong", "圆通", "圆通速递"),
    "STO Express": ("sto", "shentong", "申通", "申通快递"),
    "Yunda Express": ("yunda", "韵达", "韵达快递", "韵达速递"),
    "JD Logistics": ("jd", "jdl", "jingdong", "京东", "京东物流", "京东快递"),
    "China Post": ("chinapost", "邮政", "中国邮政", "邮政快递"),
    "EMS": ("ems", "chinapostems", "邮政速递", "中国邮政速递"),
    "Cainiao": ("cainiao", "菜鸟", "菜鸟裹裹"),
    "J&T Express": ("jt", "jtexpress", "极兔", "极兔速递"),
    "DHL": ("dhl", "dhlexpress", "dhlparcel", "敦豪"),
    "UPS": ("ups", "unitedparcelservice", "联合包裹"),
    "FedEx": ("fedex", "federalexpress", "联邦快递"),
    "USPS": ("usps", "unitedstatespostalservice", "美国邮政"),
    "Royal Mail": ("royalmail", "英国皇家邮政", "皇家邮政"),
    "Deutsche Post": ("deutschepost", "德国邮政"),
    "DPD": ("dpd",),
    "GLS": ("gls",),
    "Hermes": ("hermes",),
    "Evri": ("evri",),
    "La Poste": ("laposte", "colissimo", "法国邮政"),
    "PostNL": ("postnl", "荷兰邮政"),
}
"""Each carrier by its usual name, with the other names that people write."""

_MARKS: Final = re.compile(r"[^\w]|_")


def _form(name: str) -> str:
    """A name without case, blanks and marks."""
    return _MARKS.sub("", name).casefold()


_KNOWN: Final = {_form(name): usual for usual, names in CARRIERS.items() for name in (usual, *names)}


def carrier_named(name: str) -> str:
    """The usual name of a known carrier; any other name as it was written."""
    return _KNOWN.get(_form(name), name)


def same_tracking(one: str, other: str) -> bool:
    """Whether two people wrote the same tracking number."""
    return same_number(one) == same_number(other)
