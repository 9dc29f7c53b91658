"""The OpenAPI 3.1 document of the door, made from the table of events."""
import functools

from . import openapi_contracts
from .events import EVENTS
from .types import describe_object

_ERROR = {'$ref': '#/components/schemas/Error'}
_STATES = ['pending', 'done', 'warned', 'duplicate', 'stale', 'parked', 'rejected']


@functools.cache
def document():
    """Return the document; it depends on nothing but the code."""
    return {
        'openapi': '3.1.0',
        'info': {
            'title': "WIM door",
            'version': '1.0.0',
            'description': "WIM sends what happened; every message is kept, answered, judged by a job and can be asked for."
                           " Sending a message again is harmless: its number is applied once.",
        },
        'servers': [{'url': '/'}],
        'security': [{'apiKey': []}],
        'paths': {
            '/wim/v1/messages': {'post': _post(), 'get': _list()},
            '/wim/v1/messages/{msg_id}': {'get': _show()},
            **openapi_contracts.paths(_parameter, _json, _refusals),
        },
        'components': {
            'securitySchemes': {'apiKey': {'type': 'http', 'scheme': 'bearer', 'description': "API key of the technical user"}},
            'schemas': {
                'Message': {
                    'oneOf': [{'$ref': f'#/components/schemas/{name}'} for name in EVENTS],
                    'discriminator': {
                        'propertyName': 'event', 'mapping': {name: f'#/components/schemas/{name}' for name in EVENTS}},
                },
                **{name: _message(name, event) for name, event in EVENTS.items()},
                'Error': _error(),
                'Result': _result(),
                'Status': _status(),
            },
        },
    }


def _message(name, event):
    payload = describe_object(event.fields, event.required)
    if event.required:
        payload['description'] = "Required fields are required in version 1; later versions carry what changed."
    return {
        'type': 'object',
        'description': event.summary,
        'properties': {
            'msg_id': {'type': 'string', 'pattern': '^[A-Za-z0-9._:~@+=#-]{1,64}$'},
            'event': {'const': name},
            'entity_key': {'type': 'string', 'minLength': 1, 'maxLength': 128, 'description': "number of the document in WIM"},
            'version': {'type': 'integer', 'minimum': 1, 'description': "rises with each change of the document"},
            'occurred_at': {'type': 'string', 'format': 'date-time', 'description': "when it happened, with offset"},
            'sent_at': {'type': 'string', 'format': 'date-time'},
            'company_code': {'type': 'string', 'description': "subsidiary"},
            'business_type': {'type': 'string', 'examples': ['hazardous', 'industrial', 'kitchen']},
            'payload': payload,
        },
        'required': ['msg_id', 'event', 'entity_key', 'version', 'occurred_at', 'sent_at', 'company_code', 'payload'] + (
            ['business_type'] if event.needs_business else []),
        'additionalProperties': True,
    }


def _error():
    return {
        'type': 'object',
        'properties': {
            'category': {'type': 'string'},
            'path': {'type': 'string', 'description': "JSON path in the message"},
            'message': {'type': 'string', 'description': "what is wrong, as a sentence"},
        },
        'required': ['category', 'message'],
    }


def _result():
    return {
        'type': 'object',
        'properties': {
            'msg_id': {'type': ['string', 'null']},
            'state': {'enum': ['pending', 'duplicate', 'rejected']},
            'error': _ERROR,
            'first': {'type': 'object', 'description': "of a duplicate: what became of the first delivery", 'properties': {
                'state': {'enum': _STATES}, 'error': _ERROR}},
        },
        'required': ['msg_id', 'state'],
    }


def _status():
    texts = ('event', 'entity_key', 'waits_for', 'processed_at')
    return {
        'type': 'object',
        'properties': {
            'msg_id': {'type': 'string'},
            'state': {'enum': _STATES},
            'received_at': {'type': 'string', 'format': 'date-time'},
            **{name: {'type': ['string', 'null']} for name in texts},
            'version': {'type': ['integer', 'null']},
            'duplicates': {'type': 'integer'},
            'links': {'type': 'object'},
            'error': _ERROR,
        },
        'required': ['msg_id', 'state'],
    }


def _json(schema):
    return {'application/json': {'schema': schema}}


def _refusals(**more):
    said = {
        '401': "No or wrong API key",
        '403': "Not the WIM integrator",
        **more,
    }
    return {status: {'description': text, 'content': _json({
        'type': 'object', 'properties': {'error': _ERROR}})} for status, text in said.items()}


def _post():
    message = {'$ref': '#/components/schemas/Message'}
    return {
        'summary': "Send up to 1,000 messages, at most 5 MiB",
        'operationId': 'sendMessages',
        'requestBody': {'required': True, 'content': {
            'application/json': {'schema': {'type': 'array', 'maxItems': 1000, 'items': message}},
            'application/x-ndjson': {'schema': message},
        }},
        'responses': {
            '202': {'description': "One result for each message, in order", 'content': _json({
                'type': 'object', 'required': ['results'],
                'properties': {'results': {'type': 'array', 'items': {'$ref': '#/components/schemas/Result'}}}})},
            **_refusals(**{
                '400': "Not JSON; nothing was taken", '411': "No Content-Length; nothing was taken",
                '413': "Too large or too many; nothing was taken",
                '415': "Not sent as JSON; nothing was taken"}),
        },
    }


def _parameter(name, schema, description):
    return {'name': name, 'in': 'query', 'schema': schema, 'description': description}


def _list():
    return {
        'summary': "List what did not simply succeed, oldest first",
        'operationId': 'listFailures',
        'parameters': [
            _parameter('state', {'type': 'string'}, "one or more of rejected, parked, warned, stale, with commas; default all"),
            _parameter('since', {'type': 'string', 'format': 'date-time'}, "changed since; ask with ten minutes of overlap"),
            _parameter('after', {'type': 'integer', 'default': 0}, "next_after of the page before"),
            _parameter('limit', {'type': 'integer', 'minimum': 1, 'maximum': 1000, 'default': 100}, "size of the page"),
        ],
        'responses': {
            '200': {'description': "A page", 'content': _json({
                'type': 'object', 'required': ['results', 'next_after'],
                'properties': {
                    'results': {'type': 'array', 'items': {'$ref': '#/components/schemas/Status'}},
                    'next_after': {'type': ['integer', 'null']},
                }})},
            **_refusals(**{'400': "A parameter that isn't understood"}),
        },
    }


def _show():
    return {
        'summary': "Ask what became of a message",
        'operationId': 'showMessage',
        'parameters': [{'name': 'msg_id', 'in': 'path', 'required': True, 'schema': {'type': 'string'}}],
        'responses': {
            '200': {'description': "The message", 'content': _json({'$ref': '#/components/schemas/Status'})},
            **_refusals(**{'404': "Not sent by you"}),
        },
    }


def field_rows(event):
    """Return the fields of an event as rows for people: name, type, whether version 1 needs it, meaning."""
    return [{
        'name': name,
        'type': _type_name(schema := kind.describe()),
        'is_required': name in event.required,
        'note': schema.get('description', ''),
        'inner': [
            {'name': inner, 'type': _type_name(described := inner_kind.describe()), 'note': described.get('description', '')}
            for inner, inner_kind in getattr(kind, 'fields', {}).items()
        ],
    } for name, kind in event.fields.items()]


def _type_name(schema):
    if 'anyOf' in schema:
        return ' / '.join(_type_name(part) for part in schema['anyOf'])
    kind = schema['type'] if isinstance(schema['type'], str) else schema['type'][0]
    if kind == 'array' and 'prefixItems' in schema.get('items', {}):
        return f"[[{', '.join(_type_name(part) for part in schema['items']['prefixItems'])}], …]"
    if kind == 'array':
        return f"[{_type_name(schema['items'])}, …]"
    return schema.get('format', 'decimal' if 'pattern' in schema and 'minimum' in schema else kind)


_EXAMPLES = {'date-time': '2026-07-01T10:41:00+08:00', 'date': '2026-07-01', 'decimal': '1.5', 'integer': 1, 'boolean': True}


def example(name, event):
    """Return a message with the required fields of an event."""
    message = {
        'msg_id': 'f5cb9baac203d905e325db2ddd980078', 'event': name, 'entity_key': '…', 'version': 1,
        'occurred_at': _EXAMPLES['date-time'], 'sent_at': _EXAMPLES['date-time'], 'company_code': '…',
    }
    if event.needs_business:
        message['business_type'] = 'hazardous'
    return message | {'payload': {field: _example_value(event.fields[field]) for field in event.required}}


def _example_value(kind):
    if hasattr(kind, 'fields'):
        return [{name: _example_value(kind.fields[name]) for name in kind.required}]
    schema = kind.describe()
    if 'examples' in schema:
        return schema['examples'][0]
    return _EXAMPLES.get(_type_name(schema), '…' if _type_name(schema) == 'string' else [])
