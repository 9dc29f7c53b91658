from . import test_sms_cn_access
from . import test_sms_cn_account
from . import test_sms_cn_message
from . import test_sms_cn_template
from . import test_signing
