from . import test_demo_files, test_demo_world
