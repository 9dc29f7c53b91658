from . import portal
from . import portal_intent
from . import portal_signing
