"""Weights: kilograms, exact to the gram."""

from decimal import ROUND_HALF_UP, Decimal

GRAM = Decimal("0.001")


def kg(value):
    """Return a stored weight as an exact Decimal.

    :param value: float as the ORM reads a NUMERIC(16,3), or str/Decimal/int/None
    :return: Decimal kilograms with three places
    """
    return Decimal(str(value or 0)).quantize(GRAM, ROUND_HALF_UP)


def shares(total, weights):
    """Divide ``total`` by ``weights``; the last share takes the rest, so that the sum is exact.

    :param Decimal total: kilograms
    :param weights: list of Decimal, at least one of them > 0
    :return: list of Decimal of the same length, sum == total
    """
    whole = sum(weights)
    parts = [(total * weight / whole).quantize(GRAM, ROUND_HALF_UP) for weight in weights[:-1]]
    return [*parts, total - sum(parts)]
