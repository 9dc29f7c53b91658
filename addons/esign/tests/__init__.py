from . import test_tools_strokes
