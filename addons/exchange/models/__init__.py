from . import exchange_attempt
from . import exchange_message_mixin
