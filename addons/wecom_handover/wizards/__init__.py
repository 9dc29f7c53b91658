from . import wecom_handover_start
