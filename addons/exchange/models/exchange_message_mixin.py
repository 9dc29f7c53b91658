import hashlib
import json
import logging
import random
import time
from collections import Counter
from datetime import timedelta

from markupsafe import Markup
from psycopg2 import IntegrityError
from psycopg2 import errors as pg_errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..tools.collecting import not_collecting
from ..tools.quiet import describe, withheld

_logger = logging.getLogger(__name__)

# Another transaction was faster: nothing is wrong with the message, the batch starts again on a new snapshot.
CONCURRENCY = (pg_errors.SerializationFailure, pg_errors.DeadlockDetected, pg_errors.LockNotAvailable, ConcurrencyError)
MAX_CONCURRENCY_TRIES = 5
PARKED_ALARM = timedelta(hours=24)


class ExchangeMessageMixin(models.AbstractModel):
    """A message to or from another system: kept as it came, handled by a job, never lost, replayable.

    A room inherits it, names the cron that calls ``_process_queue`` and fills in ``_process_batch``.
    """
    _name = 'exchange.message.mixin'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Message to or from another system"
    _order = 'id desc'
    _rec_name = 'key'

    _queue_cron = None  # xml id of the cron that calls _process_queue
    _max_attempts = 5
    _replay_group = 'base.group_system'  # whose members may replay
    _responsible_group = 'base.group_system'  # whose members are told, unless a parameter says otherwise
    _replayable = ('rejected', 'parked', 'stale', 'warned')
    _forgettable = ('done', 'duplicate', 'stale')  # what retention may delete

    key = fields.Char(readonly=True, help="What makes the message one and the same when it is sent again.")
    company_id = fields.Many2one('res.company', readonly=True)
    payload = fields.Text(readonly=True, help="The message as it was received.")
    payload_pretty = fields.Text("Content", compute='_compute_payload_pretty')
    payload_sha256 = fields.Char("Digest", readonly=True)

    state = fields.Selection(selection='_selection_state', required=True, readonly=True, default='pending')
    error_category = fields.Selection(selection='_selection_error_category', string="Problem", readonly=True)
    error_path = fields.Char("Where", readonly=True, help="JSON path of the field in the message.")
    error = fields.Text("Explanation", readonly=True)

    attempts = fields.Integer(readonly=True, help="How often we failed on it since it came or was replayed.")
    next_attempt_at = fields.Datetime("Next attempt", readonly=True)
    attempt_ids = fields.One2many(
        'exchange.attempt', 'res_id', "History", domain=lambda self: [('res_model', '=', self._name)], readonly=True)
    received_at = fields.Datetime("Received", readonly=True, default=lambda self: fields.Datetime.now())
    processed_at = fields.Datetime("Processed", readonly=True)

    _pending_idx = models.Index("(id) WHERE state = 'pending'")
    _failure_idx = models.Index("(write_date, id) WHERE state IN ('rejected', 'parked', 'warned', 'stale')")

    # Labels come from methods: those of a Selection list stay untranslated in models that inherit it from another module.

    @api.model
    def _selection_state(self):
        return [
            ('pending', self.env._("Pending")),
            ('done', self.env._("Done")),
            ('warned', self.env._("Done with warning")),
            ('duplicate', self.env._("Duplicate")),
            ('stale', self.env._("Outdated")),
            ('parked', self.env._("Waiting")),
            ('rejected', self.env._("Rejected")),
        ]

    @api.model
    def _selection_error_category(self):
        """Return the problems that messages of all rooms can have. To override."""
        return [
            ('schema', self.env._("Wrong shape")),
            ('value', self.env._("Wrong value")),
            ('reference', self.env._("Unknown record")),
            ('company', self.env._("Another company")),
            ('future', self.env._("In the future")),
            ('conflict', self.env._("Conflicting")),
            ('state', self.env._("Too late for this state")),
            ('rule', self.env._("Against a rule")),
            ('internal', self.env._("Our own failure")),
        ]

    # === COMPUTE METHODS === #

    @api.depends('payload')
    def _compute_payload_pretty(self):
        for message in self:
            try:
                content = json.loads(message.payload or 'null')
                message.payload_pretty = json.dumps(content, ensure_ascii=False, indent=2)
            except ValueError:
                message.payload_pretty = message.payload

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        messages = super(ExchangeMessageMixin, self.with_context(tracking_disable=True)).create(vals_list)
        if any(vals.get('state', 'pending') in ('pending', 'rejected') for vals in vals_list):
            self._trigger_queue()
        return messages.with_env(self.env)

    @api.model
    def _insert(self, vals_list):
        """Create many messages in one statement; at a door each row must cost microseconds.

        Measured on 500 messages a request: 25 µs a row here, 180 µs through ``create``. Nothing reacts to the
        creation of a message but the queue, and no field of it is computed and stored.

        :param vals_list: dicts with the same keys: columns, ``key`` and ``state`` among them; JSON-able values
        :return: the messages, in the order of ``vals_list``
        """
        if not vals_list:
            return self.browse()
        self.check_access('create')
        # No write_uid: nobody has changed them since, and each reference to a user costs a look-up of 5 µs.
        rows = self.env.execute_query(SQL(
            "INSERT INTO %(table)s (create_uid, create_date, write_date, %(columns)s) "
            "SELECT %(user)s, %(now)s, %(now)s, %(columns)s FROM json_populate_recordset(NULL::%(table)s, %(rows)s) RETURNING id",
            table=SQL.identifier(self._table), columns=SQL(', ').join(map(SQL.identifier, vals_list[0])), user=self.env.uid,
            now=self.env.cr.now(), rows=json.dumps(vals_list, ensure_ascii=False, default=str)))
        if any(vals['state'] in ('pending', 'rejected') for vals in vals_list):
            self._trigger_queue()
        return self.browse(id_ for [id_] in rows)

    @api.ondelete(at_uninstall=False)
    def _unlink_attempts(self):
        self.env['exchange.attempt'].sudo().search(
            [('res_model', '=', self._name), ('res_id', 'in', self.ids)]).unlink()

    @api.model
    def _digest(self, payload):
        """Return the sha256 of a payload (text), hexadecimal."""
        return hashlib.sha256(payload.encode()).hexdigest()

    # === QUEUE === #

    @api.model
    def _trigger_queue(self, at=None):
        if self._queue_cron:
            self.env.ref(self._queue_cron).sudo()._trigger(at)

    @api.model
    def _process_queue(self, batch_size=8000):
        """Handle what is due, oldest first, batch by batch, until nothing is left or the cron's time is up.

        Each batch is one transaction: its messages' results and their effects are committed together, so a killed
        server loses nothing and does nothing twice.
        """
        queue = self._with_reader_language()
        tries = 0
        with withheld():
            queue._report_refused_at_door()
            while batch := queue._lock_due(batch_size):
                try:
                    with not_collecting():
                        time_left = queue._process_and_commit(batch)
                except CONCURRENCY:
                    tries += 1
                    if tries == MAX_CONCURRENCY_TRIES:
                        raise
                    self.env.cr.rollback()
                    time.sleep(random.uniform(0, 0.1 * 2 ** tries))
                    continue
                tries = 0
                if not time_left:
                    break

    @api.model
    def _process_and_commit(self, batch):
        """Handle a batch of locked messages.

        :return: seconds that the job has left
        """
        batch._process_guarded()
        self.env.flush_all()
        self.search([('id', 'in', batch.ids), ('state', '=', 'rejected')], order='id')._raise_activities()
        remaining = self.search_count(self._due_domain(), limit=len(batch))
        return self.env['ir.cron']._commit_progress(len(batch), remaining=remaining)

    @api.model
    def _due_domain(self):
        due = Domain('next_attempt_at', '=', False) | Domain('next_attempt_at', '<=', fields.Datetime.now())
        return Domain('state', '=', 'pending') & due

    @api.model
    def _lock_due(self, batch_size):
        # NO KEY: a duplicate that arrives now may still refer to the message being handled.
        batch = self.search(self._due_domain(), order='id', limit=batch_size)
        return batch.try_lock_for_update(allow_referencing=True).with_context(tracking_disable=True)

    def _process_guarded(self):
        """Handle the messages; where that fails, halve until the culprits alone are left, and do the rest."""
        try:
            with self.env.cr.savepoint():
                self._process_batch()
        except CONCURRENCY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one message does, the others are handled
            if len(self) == 1:
                self._refuse_or_fail(error)
                return
            middle = len(self) // 2
            self[:middle]._process_guarded()
            self[middle:]._process_guarded()

    def _process_batch(self):
        """Handle locked pending messages and give each its end with ``_finish``. To override.

        Any exception undoes the whole call; the mixin then finds the culprit.
        """
        raise NotImplementedError

    def _finish(self, state, error_category=False, error_path=False, error=False, **vals):
        """Give the messages their (same) result; call it once for each group of equal results."""
        self._update({
            'state': state, 'processed_at': fields.Datetime.now(), 'next_attempt_at': False,
            'error_category': error_category, 'error_path': error_path, 'error': error, **vals,
        })

    def _update(self, vals):
        """Write the same columns on all messages in one statement: the ORM would send one row of values for each.

        Measured on 1,000 messages: 11 µs a row here, 35 µs through ``write``. It is always the job that writes, so who did
        isn't kept: the look-up of that user would be a third of it.
        """
        self.env.flush_all()
        vals = {**vals, 'write_date': self.env.cr.now()}
        assignments = SQL(', ').join(
            SQL("%s = %s", SQL.identifier(name), self._fields[name].convert_to_column(value, self))
            for name, value in vals.items())
        self.env.execute_query(SQL(
            "UPDATE %s SET %s WHERE id = ANY(%s) RETURNING id", SQL.identifier(self._table), assignments, list(self.ids)))
        self.invalidate_recordset(vals, flush=False)

    def _refuse_or_fail(self, error):
        """Tell a refusal of our own rules, which trying again does not heal, from a failure, which it may."""
        if isinstance(error, UserError):
            self._finish('rejected', 'rule', '$', str(error))
        elif isinstance(error, IntegrityError):
            model = next((self.env[name] for name, cls in self.env.registry.items() if cls._table == error.diag.table_name), self)
            self._finish('rejected', 'rule', '$', model._sql_error_to_message(error))
        else:
            self._fail(error)

    def _fail(self, error):
        """Note an unexpected failure: try again after 2, 4, 8 … minutes, at last reject."""
        self.ensure_one()
        number = self.attempts + 1
        _logger.error("%s(%s): attempt %s failed: %s", self._name, self.id, number, describe(error))
        sentence = self.env._(
            "We failed on this message (%(kind)s). Nothing of it was applied; the log has the details under number %(id)s.",
            kind=type(error).__name__, id=self.id)
        self._log_attempt('failed', number, error_category='internal', error=sentence)
        if number >= self._max_attempts:
            self._finish('rejected', 'internal', False, sentence, attempts=number)
            return
        next_attempt_at = fields.Datetime.now() + timedelta(minutes=2 ** number)
        self.write({'attempts': number, 'next_attempt_at': next_attempt_at, 'error_category': 'internal', 'error': sentence})
        self._trigger_queue(next_attempt_at)

    def _log_attempt(self, kind, number, **vals):
        self.env['exchange.attempt'].sudo().create([{
            'res_model': self._name,
            'res_id': message.id,
            'kind': kind,
            'number': number,
            'state': message.state,
            **vals,
        } for message in self])

    # === ACTION METHODS === #

    def action_replay(self):
        """Put the messages back into the queue; what they ended with is kept in their history."""
        if not self.env.user.has_group(self._replay_group):
            raise AccessError(self.env._("Only administrators of this interface may process messages again."))
        self.check_access('read')
        for message in self:
            if message.state not in self._replayable:
                state = dict(self._fields['state']._description_selection(self.env))[message.state]
                raise UserError(self.env._(
                    "Message %(message)s is “%(state)s”; only rejected, waiting, outdated and warned messages can be processed again.",
                    message=message.display_name, state=state))
        # sudo: nobody has write access to messages; the group was checked above.
        messages_sudo = self.sudo().with_context(tracking_disable=True)
        for message_sudo in messages_sudo:
            message_sudo._log_attempt(
                'replayed', message_sudo.attempts, error_category=message_sudo.error_category,
                error_path=message_sudo.error_path, error=message_sudo.error)
        messages_sudo.write(self._prepare_replay_values())
        self._trigger_queue()
        return True

    @api.model
    def _prepare_replay_values(self):
        """Return what a message returns to the queue with. To override."""
        return {
            'state': 'pending', 'attempts': 0, 'next_attempt_at': False, 'processed_at': False,
            'error_category': False, 'error_path': False, 'error': False,
        }

    # === TELLING PEOPLE === #

    @api.model
    def _get_responsible_users(self, company):
        """Return the users who are told of failures. To override.

        The system parameter ``exchange.<model>.responsible_group`` (xml id of a group) goes before the default group.
        """
        parameter = self.env['ir.config_parameter'].sudo().get_param(f'exchange.{self._name}.responsible_group')
        group = self.env.ref(parameter or self._responsible_group, raise_if_not_found=False)
        users = group.sudo().all_user_ids if group else self.env['res.users']
        return users.filtered(lambda user: user.active and (not company or company in user.company_ids))

    @api.model
    def _with_reader_language(self):
        """Return the model in the language of most of those who will read the errors."""
        languages = Counter(self._get_responsible_users(self.env['res.company']).mapped('lang')).most_common(1)
        return self.with_context(lang=languages[0][0] if languages else self.env.lang)

    @api.model
    def _report_refused_at_door(self):
        """Tell of messages that were rejected on arrival: they were never in a batch."""
        refused = self.search([('state', '=', 'rejected'), ('processed_at', '=', False)], order='id')
        refused = refused.try_lock_for_update(allow_referencing=True).with_context(tracking_disable=True)
        if refused:
            refused.write({'processed_at': fields.Datetime.now()})
            refused._raise_activities()

    def _raise_activities(self):
        """Keep one open to-do for each company, problem and responsible person, with the count of open cases."""
        for (company, state, category), messages in self.grouped(
                lambda message: (message.company_id, message.state, message.error_category)).items():
            same = Domain('state', '=', state) & Domain('error_category', '=', category)
            count = self.sudo().search_count(same & Domain('company_id', '=', company.id))
            for user in self._get_responsible_users(company):
                messages[0]._raise_activity(user, count)

    def _raise_activity(self, user, count):
        message_sudo = self.sudo().with_context(lang=user.lang, mail_activity_quick_update=True)
        label = dict(self._fields['error_category']._description_selection(message_sudo.env)).get(self.error_category)
        if self.state == 'parked':
            summary = message_sudo.env._("Messages wait for more than a day")
        else:
            summary = message_sudo.env._("Messages rejected: %(problem)s", problem=label)
        note = message_sudo.env._(
            "%(count)s cases are open. The first: %(message)s. %(error)s",
            count=count, message=message_sudo.display_name, error=self.error or "")
        open_activity = message_sudo.env['mail.activity'].search([
            ('res_model', '=', self._name), ('user_id', '=', user.id), ('summary', '=', summary),
            ('activity_type_id', '=', self.env.ref('exchange.mail_activity_type_failure').id),
        ], limit=1)
        if open_activity:
            open_activity.note = Markup("<p>%s</p>") % note
        else:
            message_sudo.activity_schedule(
                'exchange.mail_activity_type_failure', user_id=user.id, summary=summary, note=Markup("<p>%s</p>") % note)

    @api.model
    def _cron_alarm_parked(self):
        """Tell the responsible people of messages that wait for more than a day."""
        parked = self.search(
            [('state', '=', 'parked'), ('received_at', '<', fields.Datetime.now() - PARKED_ALARM)], order='id')
        parked._raise_activities()

    # === RETENTION === #

    @api.autovacuum
    def _gc_messages(self):
        """Delete old messages that ended well, where ``exchange.<model>.retention_days`` is set; else keep all."""
        if self._abstract:
            return 0, False
        days = int(self.env['ir.config_parameter'].sudo().get_param(f'exchange.{self._name}.retention_days') or 0)
        if days <= 0:
            return 0, False
        old = self.search([
            ('state', 'in', self._forgettable), ('received_at', '<', fields.Datetime.now() - timedelta(days=days)),
        ], order='id', limit=GC_UNLINK_LIMIT)
        count = len(old)
        old.unlink()
        return count, count == GC_UNLINK_LIMIT
