from . import test_wecom_archive
from . import test_wecom_archive_record
from . import test_wecom_archive_access
from . import test_wecom_archive_alert
from . import test_wecom_archive_media
from . import test_wecom_archive_native
from . import test_wecom_archive_term
from . import test_wecom_tag_rule
