"""Money: the currencies there are and how small their smallest coin is (ISO 4217)."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Literal

RoundingMode = Literal["half-up", "half-even", "down"]

_TWO = """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS
KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
CURRENCIES: dict[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    **dict.fromkeys(_FOUR.split(), 4),
}
"""Active currency codes and how many decimals their smallest unit has."""

PLACES = 12
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def minor_units(currency: str) -> int:
    """Return how many decimals the currency's smallest unit has: USD 2, JPY 0, KWD 3."""
    return CURRENCIES[currency]


def round_money(amount: Decimal, places: int, mode: RoundingMode) -> Decimal:
    """Return the amount at `places` decimals; half-up is away from zero, down towards it."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=_MODES[mode], context=EXACT)


def exact(amount: Decimal) -> Decimal:
    """Return the amount at twelve decimals, half-even: what every product and quotient is rounded to at once."""
    return amount.quantize(Decimal(1).scaleb(-PLACES), context=EXACT)
