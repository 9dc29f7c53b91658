from . import log
from . import signer
from . import verify
