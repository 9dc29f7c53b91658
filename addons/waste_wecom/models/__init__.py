from . import wecom_contact
