"""How many calls an endpoint may still get, as arithmetic: the rows that share it between workers are `wecom.bucket`.

WeCom allows 10,000 calls a minute and 150,000 an hour for each corp and endpoint, and blocks the endpoint for the rest of the
unit once that is passed. A bucket that fills with ``rate`` a second and holds ``size`` keeps both: at most ``size + 60 rate``
in any minute, ``size + 3600 rate`` in any hour.
"""
from dataclasses import dataclass

SIZE = 5000
RATE = 40  # 5,000 + 2,400 in a minute, 5,000 + 144,000 in an hour


@dataclass(frozen=True)
class Limit:
    size: float = SIZE
    rate: float = RATE


def take(level, at, now, limit):
    """Take one call out of the bucket.

    :param level: calls left at the time ``at`` (seconds)
    :return: (calls left now, seconds to wait before one is there; 0 when it was taken)
    """
    level = min(limit.size, level + max(0.0, now - at) * limit.rate)
    if level >= 1 - 1e-6:  # what rounding leaves after exactly the wait that was told
        return max(0.0, level - 1), 0.0
    return level, (1 - level) / limit.rate
