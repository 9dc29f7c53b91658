from . import test_hr_employee
