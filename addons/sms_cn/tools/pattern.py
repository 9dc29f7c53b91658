"""Texts with variables, `您的验证码是${code}`: recognise a finished text, or fill one in."""
import re

VARIABLE = re.compile(r'\$\{([A-Za-z]\w*)\}')
#: a gateway would not take longer ones either; it also bounds the work of a match
LONGEST_TEXT = 1000


def names(pattern):
    """The variables in the order in which they first stand."""
    return list(dict.fromkeys(VARIABLE.findall(pattern or '')))


def fixed_length(pattern):
    """How much of it is fixed wording: of two patterns that fit, the one that says more is meant."""
    return len(VARIABLE.sub('', _plain(pattern)))


def match(pattern, text):
    """The variables' values in a finished text, or None when the text says something else."""
    text = _plain(text)
    if len(text) > LONGEST_TEXT:
        return None
    parts = VARIABLE.split(_plain(pattern))
    seen, expression = set(), ''
    for position, part in enumerate(parts):
        if position % 2 == 0:
            expression += re.escape(part)
        elif part in seen:
            expression += f'(?P={part})'
        else:
            seen.add(part)
            expression += f'(?P<{part}>.+?)'
    found = re.fullmatch(expression, text)
    return found.groupdict() if found else None


def fill(pattern, values):
    return VARIABLE.sub(lambda found: str(values.get(found[1], '')), pattern)


def _plain(text):
    """Line ends and double blanks are an editor's doing, not a difference."""
    return re.sub(r'\s+', ' ', text or '').strip()
