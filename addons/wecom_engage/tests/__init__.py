from . import test_wecom_cuts_engage
from . import test_wecom_engage_access
from . import test_wecom_send
from . import test_wecom_sop
