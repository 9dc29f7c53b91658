from . import test_waste_wecom_contact
