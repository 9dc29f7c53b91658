from . import esign_rate
