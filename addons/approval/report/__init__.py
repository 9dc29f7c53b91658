from . import approval_step_report
