from . import (
    test_access,
    test_feed_money,
    test_feed_statements,
    test_invoice,
    test_lifecycle,
    test_payment,
    test_portal,
    test_statement_life,
    test_statement_refresh,
)
