from . import test_tools_independent, test_tools_keys, test_tools_pades, test_tools_received, test_tools_strokes
from . import test_tools_tampering, test_tools_verify
from . import test_h5_doors
from . import test_attack_models
from . import test_esign_code
from . import test_esign_flow
from . import test_esign_law
from . import test_esign_path
from . import test_esign_rights
from . import test_esign_seal
from . import test_esign_token
from . import test_esign_watch
from . import test_h5_browser
from . import test_attack_http
