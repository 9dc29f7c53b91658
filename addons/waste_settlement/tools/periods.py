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


def cycle_periods(cycle, start, end):
    """Return the calendar periods of a cycle whose last day lies between ``start`` and ``end``, both included.

    :param cycle: 'month', 'quarter' or 'year'
    :return: [(first day, last day)], oldest first
    """
    months = {"month": 1, "quarter": 3, "year": 12}[cycle]
    first = counting_start(cycle, start)
    periods = []
    while first <= end:
        following = first + relativedelta(months=months)
        last = following - relativedelta(days=1)
        if start <= last <= end:
            periods.append((first, last))
        first = following
    return periods


def contract_years(date_start, date_end):
    """Return the years of a contract, counted from its first day, the last one cut off by its end: [(first, last)]."""
    years = []
    first = date_start
    while first <= date_end:
        following = date_start + relativedelta(years=len(years) + 1)
        years.append((first, min(following - relativedelta(days=1), date_end)))
        first = following
    return years
