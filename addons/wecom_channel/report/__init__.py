from . import wecom_channel_report
