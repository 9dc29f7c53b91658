"""Local days, months and counting periods: plain Python, no ``env``."""
import re
from datetime import UTC, date, datetime, time

from dateutil.relativedelta import relativedelta

from ..const import TRADE_ZONE

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def local_day(moment):
    """Return the trade's calendar day of a naive UTC datetime: 16:30 UTC is the next day in Shanghai."""
    return moment.replace(tzinfo=UTC).astimezone(TRADE_ZONE).date()


def day_start_utc(day):
    """Return the naive UTC datetime at which a local day begins."""
    return datetime.combine(day, time.min, TRADE_ZONE).astimezone(UTC).replace(tzinfo=None)


def month_bounds(period):
    """Return the first and last day of a month.

    :param period: text such as ``2026-07``
    :raise ValueError: when the text isn't a month
    """
    match = _MONTH.fullmatch(str(period or ""))
    if not match:
        raise ValueError(period)
    first = date(int(match[1]), int(match[2]), 1)
    return first, first + relativedelta(months=1, days=-1)


def counting_start(kind, day):
    """Return the first day of the calendar period that ``day`` counts in, or None where nothing is counted.

    :param kind: 'none', 'month', 'quarter' or 'year', as `waste.pricing._counting_period` says
    """
    if kind == "year":
        return day.replace(month=1, day=1)
    if kind == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if kind == "month":
        return day.replace(day=1)
    return None
