"""Mobile numbers of mainland China in whatever way people write them."""
import re
import unicodedata

MOBILE = re.compile(r'1[3-9]\d{9}')


def mainland(number):
    """The eleven digits the gateways want; None when it is no mobile number of mainland China."""
    digits = _digits(number)
    for prefix in ('+86', '0086', '86', ''):
        national = digits.removeprefix(prefix)
        if digits.startswith(prefix) and MOBILE.fullmatch(national):
            return national
    return None


def is_foreign(number):
    digits = _digits(number)
    return digits.startswith(('+', '00')) and not digits.startswith(('+86', '0086'))


def _digits(number):
    """Full-width digits become plain ones; blanks, dashes and brackets of any kind go."""
    return re.sub(r'[^\d+]', '', unicodedata.normalize('NFKC', number or ''))
