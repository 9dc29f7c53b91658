from . import events, ir_http, wim_field_mapping, wim_message
