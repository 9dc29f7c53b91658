from . import test_approval_access
from . import test_approval_chase
from . import test_approval_decision
from . import test_approval_flow
from . import test_approval_report
from . import test_approval_substitute
