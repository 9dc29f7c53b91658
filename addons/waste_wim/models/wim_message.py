import json
from urllib.parse import quote

from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.exchange.tools.quiet import withheld

from ..tools import reading, schema
from ..tools.events import EVENTS
from ..tools.message import WimMessage

MAX_MESSAGES = 1000
MAX_BYTES = 5 * 1024 * 1024
MAX_PROBLEMS_SHOWN = 5
INTEGRATOR = 'waste.group_wim_integrator'
FAILURES = ('rejected', 'parked', 'warned', 'stale')  # what WIM may list; an index serves exactly these
ENVELOPE_FIELDS = ('event', 'entity_key', 'version', 'occurred_at', 'sent_at', 'company_code', 'business_type')


class WimInbox(models.Model):
    """One message from WIM, as it came. Judged by the queue, never changed, never lost."""
    _name = 'wim.message'
    _inherit = ['exchange.message.mixin']
    _description = "WIM message"

    _queue_cron = 'waste_wim.ir_cron_wim_message_queue'
    _replay_group = 'waste.group_admin'
    _responsible_group = 'waste.group_admin'

    msg_id = fields.Char(
        "Message number", readonly=True,
        help="Number under which the message is applied once. Empty on duplicates and conflicts: they keep it as key.")
    event = fields.Selection(selection='_selection_event', readonly=True)
    entity_key = fields.Char("Document", readonly=True, help="Number of the document in WIM.")
    version = fields.Integer(readonly=True)
    occurred_at = fields.Datetime("Occurred", readonly=True)
    sent_at = fields.Datetime("Sent", readonly=True)
    company_id = fields.Many2one(required=True)
    company_code = fields.Char("Company code", readonly=True)
    business_type = fields.Char("Business", readonly=True)
    parked_on = fields.Char("Waits for", readonly=True, help="What isn't known yet; the message comes back by itself.")
    duplicate_of_id = fields.Many2one('wim.message', "First delivery", readonly=True, index='btree_not_null')
    duplicate_ids = fields.One2many('wim.message', 'duplicate_of_id', "Delivered again", readonly=True)
    duplicate_count = fields.Integer("Delivered again (times)", compute='_compute_duplicates')
    last_duplicate_at = fields.Datetime("Last delivered again", compute='_compute_duplicates')

    _nameless_idx = models.Index("(key) WHERE msg_id IS NULL")
    _msg_id_uniq = models.UniqueIndex("(msg_id)", "This message was received already.")
    _parked_on_idx = models.Index("(parked_on) WHERE state = 'parked'")
    _entity_key_idx = models.Index("(entity_key, event)")

    @api.model
    def _selection_event(self):
        return [(name, self.env._(event.label)) for name, event in EVENTS.items()]

    @api.model
    def _selection_error_category(self):
        return super()._selection_error_category() + [
            ('waste_code', self.env._("Waste code")),
            ('manifest_no', self.env._("Manifest number")),
            ('weight', self.env._("Weight")),
            ('ownership', self.env._("Not WIM's to change")),
        ]

    # === COMPUTE METHODS === #

    @api.depends('duplicate_ids')
    def _compute_duplicates(self):
        groups = self.env['wim.message']._read_group(
            [('duplicate_of_id', 'in', self.ids), ('state', '=', 'duplicate')], ['duplicate_of_id'], ['__count', 'received_at:max'])
        found = {first: (count, last) for first, count, last in groups}
        for message in self:
            message.duplicate_count, message.last_duplicate_at = found.get(message, (0, False))

    @api.depends('event', 'entity_key', 'key')
    def _compute_display_name(self):
        labels = dict(self._selection_event())
        for message in self:
            message.display_name = (
                f"{labels[message.event]} {message.entity_key}" if message.event and message.entity_key else message.key)

    # === DOOR === #

    @api.model
    def push(self, messages):
        """Take messages, as ``POST /wim/v1/messages`` does; for callers of JSON-2 and XML-RPC.

        :param messages: list of at most 1,000 messages (dicts)
        :return: one result for each message, in order: msg_id, state, and error or first result where there is one
        :raise AccessError: when the user isn't a WIM integrator
        :raise UserError: when it is no list, too long or too large
        """
        if not self.env.user.has_group(INTEGRATOR):
            raise AccessError(self.env._("Only the WIM integrator may send messages."))
        if not isinstance(messages, list):
            raise UserError(self.env._("Send a list of messages."))
        if len(messages) > MAX_MESSAGES:
            raise UserError(self.env._(
                "These are more than %(maximum)s messages; send them in several requests.", maximum=MAX_MESSAGES))
        try:
            items = [reading.read_item(message) for message in messages]
        except (TypeError, ValueError, RecursionError):
            raise UserError(self.env._("A message holds what JSON does not know; send texts, numbers, lists and objects.")) from None
        if sum(len(item.text) for item in items) > MAX_BYTES:
            raise UserError(self.env._("The messages are larger than 5 MiB; send them in several requests."))
        return self._receive(items)

    @api.model
    def _receive(self, items):
        """Keep the messages and answer for each; their meaning is judged by the queue.

        :param items: list of `reading.Item`
        :return: list of results, in order
        """
        user_sudo = self.env.user.sudo()  # sudo: the integrator has no rights on companies and businesses
        companies = {company.company_code: company.id for company in user_sudo.company_ids if company.company_code}
        businesses = set(user_sudo.env['waste.business'].search([]).mapped('code'))
        now = fields.Datetime.now()
        envelopes = [schema.read_envelope(item.content, now, companies, businesses) for item in items]
        if any(item.problem or envelope.problem for item, envelope in zip(items, envelopes)):
            self = self._with_reader_language()  # the sentences are kept, for people to read
        known = self._find_known({envelope.msg_id for envelope in envelopes if envelope.msg_id}, companies.values())
        firsts, repeats, nameless, results = {}, [], {}, []
        for item, envelope in zip(items, envelopes):
            problem = item.problem or envelope.problem
            vals = self._prepare_values(item, envelope, companies, now)
            result = {'msg_id': envelope.msg_id, 'state': 'pending'}
            results.append(result)
            if envelope.msg_id in known or envelope.msg_id in firsts:
                repeats.append((item, vals, result))
                continue
            if problem:
                error = {'category': problem.category, 'path': problem.path, 'message': self.env._(problem.sentence)}
                result |= {'state': 'rejected', 'error': error}
                vals |= {
                    'state': 'rejected', 'error_category': error['category'], 'error_path': error['path'],
                    'error': error['message'],
                }
            if envelope.msg_id:
                firsts[envelope.msg_id] = vals
            else:
                nameless[vals['payload_sha256']] = {**vals, 'key': vals['payload_sha256'][:16]}
        self._keep(firsts, repeats, known)
        self._keep_nameless(nameless)
        return results

    @api.model
    def _prepare_values(self, item, envelope, companies, now):
        """Return the row of a message: payload as received, and the envelope as far as it could be read.

        All rows have the same keys, as ``_insert`` asks.
        """
        return {
            'msg_id': envelope.msg_id,
            'key': envelope.msg_id,
            'payload': item.text,
            'payload_sha256': self._digest(item.text),
            'state': 'pending',
            'received_at': now,
            'company_id': companies.get(envelope.company_code) or self.env.user.company_id.id,
            'event': envelope.event,
            'entity_key': envelope.entity_key,
            'version': envelope.version,
            'occurred_at': envelope.occurred_at,
            'sent_at': envelope.sent_at,
            'company_code': envelope.company_code,
            'business_type': envelope.business_type,
            'error_category': None,
            'error_path': None,
            'error': None,
            'duplicate_of_id': None,
            'processed_at': None,
        }

    @api.model
    def _find_known(self, msg_ids, company_ids):
        """Return {msg_id: message} of those we have; an empty record where it is another company's."""
        # sudo: a number is taken whoever took it.
        messages_sudo = self.sudo().search_fetch(
            [('msg_id', 'in', list(msg_ids))], ['msg_id', 'payload_sha256', 'state', 'company_id'])
        allowed = set(company_ids) | {self.env.user.company_id.id}
        return {
            message.msg_id: message if message.company_id.id in allowed else message.browse()
            for message in messages_sudo
        }

    @api.model
    def _keep(self, firsts, repeats, known):
        """Create the rows: new messages in one go, then what repeats a number."""
        if repeats:
            self = self._with_reader_language()
        # sudo: nobody may create messages but this door, which has checked the caller.
        messages_sudo = self.sudo()
        with withheld():
            try:
                created = dict(zip(firsts, messages_sudo._insert(list(firsts.values()))))
                # Only what comes again is looked at: reading one of all would fetch the payloads of all.
                again = messages_sudo.browse(created[vals['msg_id']].id for _item, vals, _result in repeats if vals['msg_id'] in created)
                known |= {first.msg_id: first for first in again}
                messages_sudo._insert([messages_sudo._prepare_repeat(item, vals, result, known) for item, vals, result in repeats])
            except pg_errors.UniqueViolation as error:
                # The same message in a parallel request: Odoo runs this request again, and then it is a duplicate.
                raise ConcurrencyError("wim.message received twice at once") from error

    @api.model
    def _keep_nameless(self, nameless):
        """Keep rejected messages without a number, under the digest of their text: each once, however often it comes.

        :param nameless: {digest: row}
        """
        if not nameless:
            return
        # sudo: as in `_keep`
        messages_sudo = self.sudo()
        kept = messages_sudo.search([('msg_id', '=', False), ('key', 'in', [vals['key'] for vals in nameless.values()])])
        for digest in kept.mapped('payload_sha256'):
            nameless.pop(digest, None)
        with withheld():
            messages_sudo._insert(list(nameless.values()))

    @api.model
    def _prepare_repeat(self, item, vals, result, known):
        """Complete the row and the answer of a message whose number was used before."""
        first = known[vals['msg_id']]
        vals |= {'msg_id': None, 'duplicate_of_id': first.id or None}
        if first and self._is_same(first, vals, item.content):
            result |= {'state': 'duplicate', 'first': {'state': first.state, **first._prepare_error()}}
            vals |= {'state': 'duplicate', 'processed_at': vals['received_at']}
        else:
            error = {'category': 'conflict', 'path': '$.msg_id', 'message': self.env._(
                "This number was used for another message; give each message a number of its own.")}
            result |= {'state': 'rejected', 'error': error}
            vals |= {
                'state': 'rejected', 'error_category': 'conflict', 'error_path': error['path'], 'error': error['message'],
            }
        return vals

    @api.model
    def _is_same(self, first, vals, content):
        """Say whether this is the first message again: same text, or same content in other spacing or sent later."""
        if first.payload_sha256 == vals['payload_sha256']:
            return True
        before = _load(first.payload)
        return isinstance(before, dict) and {**before, 'sent_at': None} == {**content, 'sent_at': None}

    @api.model
    @api.readonly
    def get_failure_count(self):
        """Return how many messages of the user's companies are rejected or wait for another one.

        :return: 0 for users who aren't administrators of the interface
        """
        if not self.env.user.has_group(self._replay_group):
            return 0
        return self.search_count([('state', 'in', ('rejected', 'parked'))])

    # === ANSWERS === #

    def _prepare_error(self):
        """Return {'error': …} of a message that has one, as the door tells it."""
        self.ensure_one()
        if not self.error:
            return {}
        return {'error': {'category': self.error_category or self.state, 'path': self.error_path or '$', 'message': self.error}}

    def _prepare_answer(self):
        """Return what the sender is told of a message."""
        self.ensure_one()
        return {
            'msg_id': self.key,
            'event': self.event or None,
            'entity_key': self.entity_key or None,
            'version': self.version or None,
            'state': self.state,
            'waits_for': self.parked_on or None,
            'received_at': _iso(self.received_at),
            'processed_at': _iso(self.processed_at),
            'links': {'self': f'/wim/v1/messages/{quote(self.key)}'},
            **self._prepare_error(),
        }

    @api.model
    def _show(self, msg_id):
        """Return what became of a message of the user, or None."""
        message = self.search([('msg_id', '=', msg_id)])
        return message._prepare_answer() | {'duplicates': message.duplicate_count} if message else None

    @api.model
    def _list_failures(self, states, since, after, limit):
        """Return a page of what did not simply succeed, oldest first.

        :param since: naive UTC, or None; the time of the last change
        :param after: id of the last message of the page before, or 0
        :return: (answers, id to go on after or None)
        """
        domain = Domain('state', 'in', states) & Domain('id', '>', after)
        if since:
            domain &= Domain('write_date', '>=', since)
        messages = self.search(domain, order='id', limit=limit + 1)
        page = messages[:limit]
        return [message._prepare_answer() for message in page], page[-1:].id if len(messages) > limit else None

    # === QUEUE === #

    def _process_batch(self):
        """Read the messages, let each kind's handler apply its own, write all verdicts together."""
        messages = self._open()
        keys = set()
        handlers = self.with_context(waste_batches_later=True).env
        for event in EVENTS:
            todo = [message for message in messages if message.event == event and not message.is_decided]
            if todo:
                keys |= handlers[f"wim.event.{event.replace('.', '_')}"]._apply(todo) or set()
                self._check_decided(todo)
        self.env['waste.batch']._refresh_now()
        self._write_verdicts(messages)
        if keys:
            self._wake(keys)

    def _open(self):
        """Return the records as `WimMessage`; what is wrong with their shape is rejected already."""
        now = fields.Datetime.now()
        rows = self._read_rows()
        companies = {
            user.id: {company.company_code: company for company in user.company_ids if company.company_code}
            for user in self.env['res.users'].browse({user_id for user_id, *_rest in rows if user_id})
        }
        businesses = {business.code: business for business in self.env['waste.business'].search([])}
        no_business = self.env['waste.business']
        mapping = self.env['wim.field.mapping']
        renames = mapping._get_renames()
        messages = []
        for user_id, id_, company_id, text, *outside in rows:
            content, own = _load(text), companies.get(user_id, {})
            envelope = schema.Envelope(*outside)
            company = own.get(envelope.company_code)
            if not company or company.id != company_id or envelope.business_type not in (None, *businesses):
                # Rejected at the door, and replayed after somebody mended what was missing; or changed here since.
                envelope = schema.read_envelope(content, now, own, businesses)
                company = own.get(envelope.company_code)
                self.browse(id_).write(
                    {name: getattr(envelope, name) for name in ENVELOPE_FIELDS} | ({'company_id': company.id} if company else {}))
            message = WimMessage(
                id_, envelope.msg_id, envelope.event, envelope.entity_key, envelope.version, envelope.occurred_at,
                envelope.sent_at, company, businesses.get(envelope.business_type, no_business))
            messages.append(message)
            if envelope.problem:
                self._reject(message, [envelope.problem])
                continue
            payload = content['payload']
            if message.event in renames:
                payload = mapping._rename(payload, renames[message.event])
            message.payload, problems, message.extra = schema.check(message.event, payload, message.version)
            if problems:
                self._reject(message, problems)
            number = EVENTS[message.event].number
            if number and message.payload.get(number):
                message.key = message.payload[number]
        return messages

    def _read_rows(self):
        """Return the rows as tuples: user, id, company, payload, envelope (in the order of `schema.Envelope`).

        The door has read the envelope; the job need not read it again. Half of what it takes to open a message was that
        and the ORM's cache.
        """
        self.flush_recordset()
        return self.env.execute_query(SQL(
            """SELECT create_uid, id, company_id, payload, msg_id, event, entity_key, version, occurred_at, sent_at, company_code,
                      business_type
                 FROM wim_message WHERE id = ANY(%s) ORDER BY id""", list(self.ids)))

    @api.model
    def _reject(self, message, problems):
        """Reject a message for its shape, naming the first problems."""
        sentences = [f"{problem.path}: {self.env._(problem.sentence)}" for problem in problems[:MAX_PROBLEMS_SHOWN]]
        message.reject(problems[0].category, problems[0].path, "\n".join(sentences))

    @api.model
    def _check_decided(self, messages):
        for message in messages:
            if not message.is_decided:
                raise ValueError(f"The handler of {message.event} gave no verdict on message {message.id}.")

    @api.model
    def _write_verdicts(self, messages):
        groups = {}
        for message in messages:
            state, category, path, sentence = message.state, message.category, message.path, message.sentence
            if state == 'done' and message.warnings:
                state, path = 'warned', message.warnings[0][0]
                sentence = "\n".join(sentence for _path, sentence in message.warnings)
            groups.setdefault((state, category, path, sentence, message.parked_on), []).append(message.id)
        for (state, category, path, sentence, parked_on), ids in groups.items():
            vals = {'parked_on': parked_on} if state == 'parked' else {}
            self.browse(ids)._finish(state, category or False, path or False, sentence or False, **vals)

    @api.model
    def _wake(self, keys):
        """Put messages back into the queue that waited for what is known now."""
        self.env.flush_all()
        waiting = self.search([('state', '=', 'parked'), ('parked_on', 'in', list(keys))])
        waiting.with_context(tracking_disable=True).write({'state': 'pending', 'parked_on': False})

    @api.model
    def _prepare_replay_values(self):
        """The envelope is read again: what the door found wrong with it may be mended since."""
        return super()._prepare_replay_values() | {'parked_on': False, 'company_code': False}


def _iso(moment):
    return f'{moment.isoformat()}Z' if moment else None


def _load(text):
    """Return the content of a stored message; None if it isn't JSON (NaN is not)."""
    try:
        return _DECODER.decode(text)
    except ValueError:
        return None


def _refuse_constant(name):
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
