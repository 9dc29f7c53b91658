from . import sms_cn_test
