class EsignError(ValueError):
    """A step of signing is refused, for a reason that the person at the page can be told.

    ``code`` says what kind of reason: 'gone' (the link is dead), 'wait' (not this party's turn), 'conflict' (the document moved on),
    'code' (the SMS code), 'limit' (too often), 'bad' (what was sent makes no sense), 'later' (a service is down, try again).
    """

    def __init__(self, sentence, code='bad'):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class PdfRefused(EsignError):
    """The file is no PDF that can be signed."""


class KeyRefused(EsignError):
    """A key or a certificate can't be used."""

    def __init__(self, sentence, code='later'):
        super().__init__(sentence, code)


class TimestampError(EsignError):
    """The time-stamp authority gave no usable answer; nothing was signed."""

    def __init__(self, sentence, code='later'):
        super().__init__(sentence, code)


class VerifyError(EsignError):
    """The file couldn't be examined."""
