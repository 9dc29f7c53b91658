"""Words to look for: one a line, any of them; `*` stands for anything between."""


def split(text):
    return list(dict.fromkeys(word for line in (text or '').splitlines() if (word := line.strip().strip('*'))))


def find(text, words):
    """Return the first of the words that the text contains, or None. Takes no regular expressions: it is run on every message."""
    low = (text or '').lower()
    return next((word for word in words if _contains(low, word.lower().split('*'))), None)


def _contains(text, parts):
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def likes(words):
    """Return a pattern of SQL's LIKE for each word."""
    escape = str.maketrans({'%': r'\%', '_': r'\_', '\\': r'\\'})
    return [f'%{"%".join(part.translate(escape) for part in word.split("*"))}%' for word in words]
