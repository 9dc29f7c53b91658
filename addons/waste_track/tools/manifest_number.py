"""The number of a transfer manifest (转移联单)."""

import re

# 危险废物转移管理办法 Art. 15: year (4) + province (2) + city (2) + serial (6).
_PATTERN = re.compile(r"^(\d{4})(\d{4})(\d{6})$")


def split_manifest_number(number):
    """Take a manifest number apart.

    :param str number: 14 digits
    :return: (year, 4-digit city code, serial) as (int, str, str), or None when it has another form
    """
    match = _PATTERN.match(number or "")
    return match and (int(match[1]), match[2], match[3])
