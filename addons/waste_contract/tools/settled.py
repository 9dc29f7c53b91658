"""Exact arithmetic of prices: plain Python, no ``env``."""
from collections import namedtuple
from decimal import ROUND_HALF_UP, Decimal

KG_PER_T = Decimal(1000)
CENT = Decimal('0.01')

# What one contract line moved in the period to be priced, and what it had moved
# before in its pricing period (which period that is: see each `waste.pricing.*`).
# `lab` holds (item, value) pairs of laboratory reports; `day` is the day whose market price counts;
# `km` is the distance that was driven, 0 where the agreed one counts.
Settled = namedtuple(
    'Settled', ['net_kg', 'packages', 'trips', 'before_kg', 'samples', 'bins', 'km', 'lab', 'day'],
    defaults=[0, 0, Decimal(0), 0, 0, Decimal(0), (), None])


def exact(value):
    """Return a float as the decimal a person typed: 2195.1 is 2195.1, not 2195.09999…"""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def half_up(amount):
    """Round money to the cent, halves away from zero (I-32), and never to -0."""
    return amount.quantize(CENT, ROUND_HALF_UP) + 0
