from . import events, wim_field_mapping, wim_message
