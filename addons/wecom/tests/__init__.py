from . import test_wecom_access
from . import test_wecom_app
from . import test_wecom_callback
from . import test_wecom_client
from . import test_wecom_login
from . import test_wecom_members
from . import test_wecom_message
from . import test_wecom_tools
