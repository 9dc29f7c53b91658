from . import approval_mixin
from . import approval_mixin_oca
from . import approval_substitute
from . import res_users
from . import tier_definition
from . import tier_review
from . import tier_review_decision
from . import tier_review_reminder
