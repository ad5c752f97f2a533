"""Rates by which thresholds hold in every currency (Z14). They compare amounts; no money is ever paid by them.

A policy may state its own table with its day. Without one the table of this file counts. Its figures are rounded down,
so that a unit counts for a little more than it is worth and a person rather looks once too often.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final

from shared.kernel.money import EXPONENTS


@dataclass(frozen=True, slots=True)
class Rates:
    """How much of each currency one unit of `base` is, as decimal texts, on that day."""

    on: date
    base: str
    units: Mapping[str, str]

    def per_base(self, currency: str) -> Fraction | None:
        """How much of this currency one unit of the base is; None where the table does not say."""
        if currency == self.base:
            return Fraction(1)
        text = self.units.get(currency)
        return None if text is None else Fraction(text)


def factor(rates: Rates | None, of: str, into: str) -> Fraction | None:
    """By what minor units of one currency are multiplied to be minor units of another; None without a rate."""
    if of == into:
        return Fraction(1)
    if rates is None:
        return _built_in(of, into)
    return _factor(rates, of, into)


@lru_cache(maxsize=1_024)
def _built_in(of: str, into: str) -> Fraction | None:
    return _factor(BUILT_IN, of, into)


def _factor(rates: Rates, of: str, into: str) -> Fraction | None:
    mine, theirs = rates.per_base(of), rates.per_base(into)
    if mine is None or theirs is None or of not in EXPONENTS or into not in EXPONENTS:
        return None
    return theirs / mine * Fraction(10) ** (EXPONENTS[into] - EXPONENTS[of])


def least_in(rates: Rates | None, minor: int, of: str, into: str) -> int | None:
    """The least amount of the other currency that reaches this one."""
    by = factor(rates, of, into)
    return None if by is None else -(-minor * by.numerator // by.denominator)


def most_in(rates: Rates | None, minor: int, of: str, into: str) -> int | None:
    """The greatest amount of the other currency that does not exceed this one."""
    by = factor(rates, of, into)
    return None if by is None else minor * by.numerator // by.denominator


_TABLE: Final = (
    "AED=4.0 AFN=73 ALL=95 AMD=400 ANG=1.95 AOA=950 ARS=1200 AUD=1.7 AWG=1.95 AZN=1.85 BAM=1.95 BBD=2.15 "
    "BDT=130 BGN=1.95 BHD=0.4 BIF=3100 BMD=1.08 BND=1.45 BOB=7.4 BOV=7.4 BRL=6 BSD=1.08 BTN=95 BWP=14 BYN=3.4 "
    "BZD=2.15 CAD=1.5 CDF=2400 CHE=0.9 CHF=0.9 CHW=0.9 CLF=0.027 CLP=1000 CNY=7.7 COP=4300 COU=11 CRC=540 "
    "CUP=26 CVE=110 CZK=24 DJF=190 DKK=7.4 DOP=64 DZD=145 EGP=50 ERN=16 ETB=130 FJD=2.4 FKP=0.83 GBP=0.83 "
    "GEL=2.9 GHS=11 GIP=0.83 GMD=75 GNF=9300 GTQ=8.2 GYD=225 HKD=8.4 HNL=27 HTG=140 HUF=380 IDR=17500 ILS=3.7 "
    "INR=93 IQD=1400 IRR=45000 ISK=140 JMD=170 JOD=0.76 JPY=155 KES=138 KGS=93 KHR=4300 KMF=490 KPW=970 "
    "KRW=1500 KWD=0.33 KYD=0.9 KZT=520 LAK=23000 LBP=95000 LKR=320 LRD=200 LSL=19 LYD=5.2 MAD=10.4 MDL=19 "
    "MGA=4900 MKD=61 MMK=2260 MNT=3700 MOP=8.7 MRU=43 MUR=49 MVR=16.6 MWK=1870 MXN=20 MXV=2.4 MYR=4.7 MZN=69 "
    "NAD=19 NGN=1600 NIO=39 NOK=11.3 NPR=148 NZD=1.85 OMR=0.41 PAB=1.08 PEN=3.8 PGK=4.3 PHP=61 PKR=300 "
    "PLN=4.2 PYG=7800 QAR=3.9 RON=4.9 RSD=117 RUB=88 RWF=1500 SAR=4.0 SBD=8.9 SCR=15 SDG=640 SEK=10.8 "
    "SGD=1.45 SHP=0.83 SLE=24 SOS=610 SRD=38 SSP=4800 STN=24.4 SVC=9.4 SYP=12000 SZL=19 THB=36 TJS=10 TMT=3.8 "
    "TND=3.3 TOP=2.5 TRY=44 TTD=7.3 TWD=34 TZS=2600 UAH=46 UGX=3900 USD=1.08 USN=1.08 UYI=6.5 UYU=43 "
    "UYW=0.0065 UZS=13000 VED=150 VES=150 VND=28000 VUV=130 WST=2.9 XAF=655 XCD=2.9 XCG=1.95 XOF=655 XPF=119 "
    "YER=260 ZAR=19 ZMW=24 ZWG=28"
)
BUILT_IN: Final = Rates(date(2026, 11, 1), "EUR", dict(each.split("=") for each in _TABLE.split()))
"""How much of each currency one euro is."""
