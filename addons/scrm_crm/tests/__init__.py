from . import test_scrm_pool, test_scrm_pool_access
