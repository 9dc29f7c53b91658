from . import test_wecom_cuts_handover
from . import test_wecom_handover
from . import test_wecom_handover_access
from . import test_wecom_handover_offer
