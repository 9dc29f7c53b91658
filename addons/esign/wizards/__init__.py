from . import esign_cancel
from . import esign_link
from . import esign_seal_refuse
