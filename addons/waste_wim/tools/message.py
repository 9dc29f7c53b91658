"""A WIM message as its handler sees it."""
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class WimMessage:
    """One message of a batch, with its verdict; the queue writes the verdicts of the batch together.

    Handlers say one of ``done``, ``stale``, ``park`` and ``reject``; ``warn`` adds to it.
    """
    id: int  # of the wim.message
    msg_id: str
    event: str
    key: str  # number of the document, or name of the package event
    version: int
    occurred_at: datetime  # naive UTC
    sent_at: datetime  # naive UTC
    company: object  # res.company
    business: object  # waste.business; empty where the event has none
    payload: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    state: str | None = None
    category: str | None = None
    path: str | None = None
    sentence: str | None = None
    parked_on: str | None = None
    warnings: list = field(default_factory=list)

    @property
    def rank(self):
        """Orders messages about one document, the same on every delivery."""
        return (self.version, self.sent_at.isoformat(), self.msg_id)

    @property
    def is_decided(self):
        return self.state is not None

    @property
    def is_applied(self):
        return self.state == 'done'

    def done(self):
        """The message took effect (or asks for nothing)."""
        self.state = 'done'

    def warn(self, path, sentence):
        """The message takes effect, but people should look at something."""
        self.warnings.append((path, sentence))

    def stale(self, sentence=None):
        """Everything in it is overtaken by what we know."""
        self.state, self.sentence = 'stale', sentence

    def park(self, key):
        """It refers to what isn't known yet; it comes back when ``key`` becomes known."""
        self.state, self.parked_on = 'parked', key

    def reject(self, category, path, sentence):
        """It cannot be applied; the sender has to correct it."""
        self.state, self.category, self.path, self.sentence = 'rejected', category, path, sentence
