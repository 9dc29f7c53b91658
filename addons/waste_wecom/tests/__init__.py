from . import test_waste_wecom_contact
from . import test_waste_wecom_tag_rule
from . import test_waste_wecom_handover
from . import test_waste_wecom_channel
from . import test_waste_wecom_lead
