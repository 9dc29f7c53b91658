import hashlib
import math
import re
import time

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import envelope

PRIORITY_BATCH, BATCH = 50, 200
SMALL_BATCH, REST = 50, 0.2  # seconds
MOST_TRIES = 5
CRONS = {'priority': 'wecom.ir_cron_wecom_callback_priority', 'normal': 'wecom.ir_cron_wecom_callback'}


class WecomCallback(models.Model):
    """One event from WeCom, as it came: stored before it is answered, applied by the queue."""
    _name = 'wecom.callback'
    _inherit = ['exchange.message.mixin']
    _description = "WeCom callback"

    _queue_cron = 'wecom.ir_cron_wecom_callback'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='restrict')
    event = fields.Char(readonly=True, help="Event and change type, as WeCom names them.")
    lane = fields.Selection([
        ('priority', "At once"),
        ('normal', "In turn"),
    ], required=True, readonly=True, default='normal', help="A welcome code lives 20 seconds, so its event goes before all others.")
    occurred_at = fields.Datetime("Occurred", readonly=True)

    _key_uniq = models.UniqueIndex("(app_id, key)", "This callback was received already.")
    _priority_idx = models.Index("(id) WHERE state = 'pending' AND lane = 'priority'")
    _received_idx = models.Index("(app_id, received_at)")
    _event_idx = models.Index("(event, id)")

    @api.model
    def _selection_error_category(self):
        return super()._selection_error_category() + [('unhandled', self.env._("No room for it"))]

    @api.depends('event', 'app_id.name')
    def _compute_display_name(self):
        for callback in self:
            callback.display_name = f'{callback.event or callback.key} · {callback.app_id.name}'

    # === DOOR === #

    @api.model
    def _receive(self, app_id, company_id, text):
        """Keep a decrypted callback; the same one again leaves no trace.

        The key is the digest of the text: WeCom's own advice, sender and second, would take two customers for one.
        Neither creator nor writer: nobody is logged in, and each reference to a user costs a look-up.

        :return: whether it is new
        """
        content = envelope.parse(text)
        words = [content.get('Event') or content.get('MsgType') or 'unknown', content.get('ChangeType') or '']
        event = '.'.join(filter(None, (re.sub(r'[^a-z0-9_]', '_', str(word).lower())[:60] for word in words)))
        lane = 'priority' if content.get('WelcomeCode') else 'normal'
        created = str(content.get('CreateTime') or '')
        digest = hashlib.sha256(text.encode()).hexdigest()
        now = fields.Datetime.now()
        vals = {
            'app_id': app_id, 'company_id': company_id or None, 'key': digest, 'payload': text, 'payload_sha256': digest, 'event': event,
            'lane': lane, 'state': 'pending', 'attempts': 0, 'received_at': now, 'create_date': now, 'write_date': now,
            'occurred_at': fields.Datetime.to_string(envelope.moment(created)) if created.isdigit() and len(created) < 12 else None,
        }
        cron_id = self.env['ir.model.data']._xmlid_to_res_id(CRONS[lane])
        is_new, is_awake = self._insert_once(vals, cron_id)
        if is_new and not is_awake:
            self.env['ir.cron'].browse(cron_id)._trigger()
        return is_new

    @api.model
    def _insert_once(self, vals, cron_id):
        """Insert a callback unless it is here.

        A trigger of this second is enough for all that arrive in it: each costs a row and a connection. (A later one is of an event that
        failed, and is tried again then.) One that the cron's worker deletes as it begins is locked, so it isn't counted; one that is
        counted is held until we commit, so the worker begins after.

        :return: (whether it is new, whether the queue is going to begin)
        """
        query = SQL(
            """WITH kept AS (INSERT INTO wecom_callback (%s) VALUES %s ON CONFLICT (app_id, key) DO NOTHING RETURNING id),
                    awake AS (SELECT id FROM ir_cron_trigger WHERE cron_id = %s AND call_at = %s LIMIT 1 FOR KEY SHARE SKIP LOCKED)
               SELECT EXISTS (SELECT FROM kept), EXISTS (SELECT FROM awake)""",
            SQL(', ').join(map(SQL.identifier, vals)), tuple(vals.values()), cron_id, vals['received_at'])
        tries = 0
        while True:
            try:
                # Failed queries are logged with their values elsewhere, and these are a customer's.
                self.env.cr.execute(query, log_exceptions=False)
                return self.env.cr.fetchone()
            except SerializationFailure:
                # Delivered twice at once, or the trigger was deleted, since our snapshot. The door's transaction holds nothing else.
                self.env.cr.rollback()
                tries += 1
                if tries == MOST_TRIES:
                    raise

    # === QUEUE === #

    @api.model
    def _due_domain(self):
        due = super()._due_domain()
        return due & Domain('lane', '=', 'priority') if self.env.context.get('wecom_lane') == 'priority' else due

    @api.model
    def _lock_due(self, batch_size):
        """Take welcome codes first, whoever drains: they overtake a backlog at the next batch, even with one cron thread."""
        urgent = super(WecomCallback, self.with_context(wecom_lane='priority'))._lock_due(PRIORITY_BATCH)
        if urgent or self.env.context.get('wecom_lane') == 'priority':
            return urgent
        return super()._lock_due(min(batch_size, BATCH))

    @api.model
    def _process_and_commit(self, batch):
        """Rest a moment after a small batch: events come one by one, and a batch costs a dozen queries, whatever it holds.

        In a rush each would find a handful, and take from the door the time it needs to answer.
        """
        time_left = super()._process_and_commit(batch)
        if len(batch) < SMALL_BATCH and math.isfinite(time_left) and batch[:1].lane == 'normal':
            time.sleep(REST)
        return time_left

    def _process_batch(self):
        """Let each kind's handler apply its events; neighbours of a kind together, in the order of arrival."""
        for event, callbacks in self._split_by_event():
            handler = self._find_handler(event)
            if handler is None:
                callbacks._finish('warned', 'unhandled', False, self.env._(
                    "No installed room knows what to do with “%(event)s”. It is kept; process it again once one does.", event=event))
                continue
            handler._apply(callbacks)
            callbacks.filtered(lambda callback: callback.state == 'pending')._finish('done')

    def _split_by_event(self):
        """Return [(event, callbacks)]: neighbours only, so that what came later is applied later."""
        parts = []
        for callback in self:
            if parts and parts[-1][0] == callback.event:
                parts[-1][1].append(callback.id)
            else:
                parts.append((callback.event, [callback.id]))
        return [(event, self.browse(ids)) for event, ids in parts]

    @api.model
    def _find_handler(self, event):
        for name in (f'wecom.event.{event}', f'wecom.event.{event.partition(".")[0]}'):
            if name in self.env:
                return self.env[name]
        return None

    def _read_fields(self):
        """Return the fields of the callback as WeCom names them."""
        self.ensure_one()
        return envelope.parse(self.payload)
