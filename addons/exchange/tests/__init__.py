from . import test_exchange_access, test_exchange_message, test_exchange_queue, test_quiet
