from . import portal, portal_application, portal_offset
