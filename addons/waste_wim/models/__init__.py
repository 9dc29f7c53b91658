from . import esign_envelope, events, ir_http, sale_order, waste_intent, wim_field_mapping, wim_message
