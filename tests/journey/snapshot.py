"""The state of all documents, in words that are the same in every database that got the same messages."""
import json

#: documents whose stored fields are compared, all but those that tell how and when a row was written
DOCUMENTS = (
    'res.partner', 'waste.licence', 'waste.pickup', 'waste.manifest', 'waste.weighing', 'waste.batch', 'waste.package',
    'waste.package.event', 'waste.package.lineage', 'waste.inbound', 'waste.lab', 'waste.disposal', 'waste.price.tier',
    'waste.statement', 'waste.statement.line', 'waste.payment.allocation',
)
#: documents of Odoo, with the fields that our messages decide
ODOO_DOCUMENTS = {
    'sale.order': (
        [('business_id', '!=', False)],
        ['name', 'partner_id', 'business_id', 'company_id', 'invoicing_company_id', 'contract_state', 'state', 'user_id',
         'team_id', 'date_start', 'date_end', 'settlement_cycle', 'lump_sum_amount', 'included_quantity_t',
         'tax_rate_percent', 'government_id', 'amount_total', 'amount_tax', 'external_key', 'external_extra',
         'external_versions', 'invoice_status']),
    'sale.order.line': (
        [('order_id.business_id', '!=', False)],
        ['line_no', 'order_id', 'sequence', 'waste_name', 'waste_code_id', 'physical_form_id', 'packaging_id',
         'disposal_method_id', 'planned_quantity_t', 'is_unlimited', 'pricing_mode', 'payer', 'price_unit', 'price_total']),
    'account.move': (
        [('move_type', '!=', 'entry')],
        ['fapiao_no', 'move_type', 'state', 'partner_id', 'company_id', 'amount_total', 'amount_tax', 'statement_id',
         'payment_state', 'external_key', 'external_versions']),
    'account.payment': ([], ['amount', 'date', 'partner_id', 'company_id', 'payment_type', 'state', 'memo']),
}
TECHNICAL = {
    'id', 'create_uid', 'write_uid', 'create_date', 'write_date', 'display_name', 'access_token', 'parent_path',
    'sequence_number', 'sequence_prefix',
}
#: names that a database gives by itself, in the order in which the records came
OWN_NUMBERS = {'waste.payment.allocation': {'payment_id'}, 'waste.statement.line': {'sequence'}}


def documents(json2):
    """Business values of all documents.

    Records are named by what people call them, never by id.

    :return: {model: sorted list of rows as JSON text}
    """
    result = {}
    for model in DOCUMENTS:
        names = [name for name, field in _stored_fields(json2, model).items() if name not in TECHNICAL]
        names = [name for name in names if name not in OWN_NUMBERS.get(model, ())]
        result[model] = _rows(json2, model, [], names)
    for model, (domain, names) in ODOO_DOCUMENTS.items():
        result[model] = _rows(json2, model, domain, names)
    return result


def stamps(json2):
    """{model: {id: time of the last write}} of all documents."""
    return {
        model: {
            row['id']: row['write_date']
            for row in json2(model, 'search_read', domain=ODOO_DOCUMENTS.get(model, ([],))[0], fields=['write_date'],
                             context={'active_test': False})
        } for model in (*DOCUMENTS, *ODOO_DOCUMENTS)
    }


def differences(one, other):
    """Readable lines that stand in only one of two snapshots, at most 20 a model."""
    lines = []
    for model in one:
        left, right = set(one[model]), set(other[model])
        lines += [f'{model} - {row}' for row in sorted(left - right)[:20]]
        lines += [f'{model} + {row}' for row in sorted(right - left)[:20]]
        if len(one[model]) != len(other[model]):
            lines.append(f'{model}: {len(one[model])} rows against {len(other[model])}')
    return lines


def _stored_fields(json2, model):
    fields = json2(model, 'fields_get', attributes=['type', 'store'])
    return {
        name: field for name, field in fields.items()
        if field['store'] and field['type'] not in ('one2many', 'binary')
        and not name.startswith(('message_', 'activity_', 'my_activity_', 'website_message_', 'rating_'))
    }


def _rows(json2, model, domain, names):
    rows = json2(model, 'search_read', domain=domain, fields=names, context={'active_test': False})
    labels = _labels(json2, model, rows)
    return sorted(
        json.dumps({name: _readable(row[name], labels.get(name)) for name in names}, ensure_ascii=False, sort_keys=True)
        for row in rows)


def _labels(json2, model, rows):
    """{name of a many2many field: {id: name of the record}}"""
    relations = {
        name: field['relation']
        for name, field in json2(model, 'fields_get', attributes=['type', 'relation']).items() if field['type'] == 'many2many'
    }
    labels = {}
    for name in relations.keys() & (rows[0].keys() if rows else ()):
        ids = sorted({number for row in rows for number in row[name]})
        labels[name] = {
            row['id']: row['display_name']
            for row in json2(relations[name], 'read', ids=ids, fields=['display_name'])} if ids else {}
    return labels


def _readable(value, labels):
    if labels is not None:
        return sorted(labels[number] for number in value)
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
        return value[1]
    return value
