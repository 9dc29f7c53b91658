"""What WIM asks about contracts and intended transfers, for the OpenAPI document."""

_TEXT = {'type': ['string', 'null']}
_CONTRACT = {
    'type': 'object',
    'required': ['contract_no', 'state'],
    'properties': {
        'contract_no': {'type': 'string'},
        'state': {'type': 'string', 'description': "signed when all parties have, else as contract_state"},
        'contract_state': {'enum': [
            'draft', 'approving', 'customer_review', 'gov_review', 'signing', 'active', 'expired', 'terminated', 'cancelled', 'voided',
            'accepted']},
        'reason': {**_TEXT, 'description': "why a party sent it back"},
        'signed_on': _TEXT, 'archive_no': _TEXT, 'changed_at': {'type': 'string', 'format': 'date-time'},
        'sha256': {**_TEXT, 'description': "of the signed file"},
        'file': {**_TEXT, 'description': "path of the signed file"},
        'signing': {'type': ['object', 'null'], 'description': "envelope and its signers"},
    },
}
_INTENT = {
    'type': 'object',
    'required': ['intent_no', 'version', 'state', 'content_sha256'],
    'properties': {
        'intent_no': {'type': 'string'}, 'version': {'type': 'integer'}, 'state': {'enum': ['submitted', 'replaced']},
        'producer_code': _TEXT, 'waste_name': {'type': 'string'}, 'waste_code': _TEXT, 'yearly_qty_t': {'type': 'number'},
        'content_sha256': {'type': 'string', 'description': "of what the form says"},
        'signed_sha256': {**_TEXT, 'description': "of the signed form"}, 'signed_at': _TEXT, 'taken_at': _TEXT,
    },
}


def paths(parameter, content, refusals):
    """Return the paths; the arguments are the builders of `openapi`."""
    page = [
        parameter('since', {'type': 'string', 'format': 'date-time'}, "changed since"),
        parameter('limit', {'type': 'integer', 'minimum': 1, 'maximum': 1000, 'default': 100}, "size of the page"),
    ]
    number = {'name': 'number', 'in': 'path', 'required': True, 'schema': {'type': 'string'}}

    def listed(schema):
        return {'200': {'description': "A page", 'content': content({
            'type': 'object', 'properties': {'results': {'type': 'array', 'items': schema}, 'next_after': {'type': 'integer'}}})},
            **refusals(**{'400': "A parameter that isn't understood"})}

    return {
        '/wim/v1/contracts': {'get': {
            'summary': "Contracts and how far their review and signing are", 'operationId': 'listContracts',
            'parameters': [*page, parameter('after', {'type': 'integer', 'default': 0}, "next_after of the page before")],
            'responses': listed(_CONTRACT)}},
        '/wim/v1/contracts/{number}': {'get': {
            'summary': "One contract", 'operationId': 'showContract', 'parameters': [number],
            'responses': {'200': {'description': "The contract", 'content': content(_CONTRACT)},
                          **refusals(**{'404': "Not known, or of another company"})}}},
        '/wim/v1/contracts/{number}/file': {'get': {
            'summary': "The signed file", 'operationId': 'downloadContract', 'parameters': [number],
            'responses': {'200': {'description': "PDF, its SHA-256 is `sha256` of the contract", 'content': {'application/pdf': {}}},
                          **refusals(**{'404': "Not signed yet"})}}},
        '/wim/v1/intents': {'get': {
            'summary': "Signed intended transfers not acknowledged yet", 'operationId': 'listIntents',
            'parameters': [*page, parameter('all', {'type': 'string'}, "anything: those acknowledged too")],
            'responses': listed(_INTENT)}},
        '/wim/v1/intents/ack': {'post': {
            'summary': "Acknowledge intended transfers", 'operationId': 'acknowledgeIntents',
            'requestBody': {'required': True, 'content': content({'type': 'array', 'items': {'type': 'string'}})},
            'responses': {'200': {'description': "Numbers nobody knows", 'content': content({
                'type': 'object', 'properties': {'unknown': {'type': 'array', 'items': {'type': 'string'}}}})},
                **refusals(**{'400': "Not a list", '413': "Too many"})}}},
    }
