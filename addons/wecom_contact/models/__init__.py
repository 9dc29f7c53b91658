from . import crm_lead
from . import wecom_contact
from . import wecom_relation
from . import wecom_loss
from . import wecom_member
from . import wecom_resync
from . import wecom_app
from . import wecom_event_change_external_contact
