from . import (
    test_js,
    test_openapi,
    test_reading,
    test_schema,
    test_wim_access,
    test_wim_contracts,
    test_wim_door,
    test_wim_events,
    test_wim_field_mapping,
    test_wim_intents,
    test_wim_message_push,
    test_wim_message_queue,
)
