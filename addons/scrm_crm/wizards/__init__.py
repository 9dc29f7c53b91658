from . import scrm_pool_assign, scrm_pool_put_back
