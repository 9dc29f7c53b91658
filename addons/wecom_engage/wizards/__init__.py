from . import wecom_tag_change
