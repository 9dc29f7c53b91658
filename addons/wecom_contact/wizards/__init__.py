from . import wecom_tag_change
from . import wecom_handover_start
