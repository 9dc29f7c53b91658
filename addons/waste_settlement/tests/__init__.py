from . import (
    test_access,
    test_collection,
    test_feed_money,
    test_feed_statements,
    test_invoice,
    test_invoice_application,
    test_lifecycle,
    test_payment,
    test_payment_plan,
    test_portal,
    test_statement_life,
    test_statement_refresh,
)
