from . import test_tools_pades, test_tools_strokes
