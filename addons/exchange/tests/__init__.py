from . import test_collecting, test_exchange_access, test_exchange_message, test_exchange_queue, test_quiet
