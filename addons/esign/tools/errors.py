class EsignError(ValueError):
    """A step of signing is refused, for a reason that the person at the page can be told.

    ``code`` says what kind of reason: 'gone' (the link is dead), 'wait' (not this party's turn), 'conflict' (the document moved on),
    'code' (the SMS code), 'limit' (too often), 'bad' (what was sent makes no sense), 'later' (a service is down, try again).
    """

    def __init__(self, sentence, code='bad'):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
