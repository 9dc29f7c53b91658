from . import (
    test_feed_money,
    test_feed_statements,
    test_statement_refresh,
)
