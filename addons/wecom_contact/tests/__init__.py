from . import test_wecom_channel
from . import test_wecom_chat
from . import test_wecom_contact
from . import test_wecom_contact_access
from . import test_wecom_loss
from . import test_wecom_relation
from . import test_wecom_resync
from . import test_wecom_tag
