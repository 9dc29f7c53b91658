from . import test_demo_files, test_demo_world
from . import test_stock_users
