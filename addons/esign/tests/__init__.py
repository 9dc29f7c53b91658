from . import test_tools_pades, test_tools_strokes
from . import test_h5_doors
from . import test_esign_path
