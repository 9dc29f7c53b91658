from . import wecom_words_mixin
from . import wecom_app
from . import wecom_send
from . import wecom_send_audience
from . import wecom_send_task
from . import wecom_send_line
from . import wecom_send_ask
from . import wecom_send_result
