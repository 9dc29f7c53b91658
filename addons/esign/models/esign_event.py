import logging

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError

from ..tools import chain

_logger = logging.getLogger(__name__)

#: the chain of what belongs to no envelope
SYSTEM = 0
#: so many may append to the system's chain at the same moment
ATTEMPTS = 20

#: what can happen
TYPES = [
    ('created', "Created"),
    ('rendered', "Document drawn"),
    ('frozen', "Document frozen"),
    ('sent', "Invitation sent"),
    ('delivered', "SMS arrived"),
    ('undelivered', "SMS didn't arrive"),
    ('reminded', "Reminded"),
    ('link_given', "Link handed out by staff"),
    ('link_opened', "Link opened"),
    ('dead_link', "Dead link used"),
    ('otp_sent', "Code sent"),
    ('otp_ok', "Code right"),
    ('otp_failed', "Code wrong"),
    ('otp_refused', "Code refused"),
    ('viewed', "Page seen"),
    ('read_complete', "Read to the end"),
    ('consent', "Consent given"),
    ('stroke_submitted', "Handwriting received"),
    ('pending', "Kept until the time-stamp authority answers"),
    ('signed', "Signed"),
    ('reviewed', "Reviewed"),
    ('seal_requested', "Seal requested"),
    ('seal_approved', "Use of seal approved"),
    ('seal_refused', "Use of seal refused"),
    ('seal_blocked', "Sealing refused"),
    ('sealed', "Sealed"),
    ('key_destroyed', "Signing key destroyed"),
    ('completed', "Completed"),
    ('downloaded', "Downloaded"),
    ('declined', "Declined"),
    ('delegated', "Handed over"),
    ('expired', "Expired"),
    ('extended', "Extended"),
    ('cancelled', "Cancelled"),
    ('replaced', "Replaced by another envelope"),
    ('retimestamped', "Time-stamped anew"),
    ('refused', "Attempt refused"),
    ('verified', "Verified"),
    ('integrity_failed', "Integrity failed"),
    ('write_blocked', "Change of the register blocked"),
    ('clock_drift', "Clock differs"),
    ('alarm', "Alarm"),
    ('key_created', "Key created"),
    ('seal_changed', "Seal changed"),
]


class EsignEvent(models.Model):
    """One thing that happened, chained to what happened before by its hash. Append-only.

    Each envelope has a chain of its own; chain 0 is the system's (attempts that were refused, alarms, keys).
    """

    _name = 'esign.event'
    _inherit = ['esign.register.mixin']
    _description = "Event of signing"
    _order = 'chain, seq'
    _rec_name = 'type'

    envelope_id = fields.Many2one('esign.envelope', "Envelope", readonly=True, ondelete='restrict', index='btree_not_null')
    company_id = fields.Many2one('res.company', "Company", readonly=True, index='btree_not_null')
    chain = fields.Integer(readonly=True, help="The envelope's number; 0 for events of the system.")
    seq = fields.Integer("No.", readonly=True)
    type = fields.Selection(TYPES, "Event", required=True, readonly=True)
    at = fields.Datetime("Time", required=True, readonly=True)
    actor = fields.Char(readonly=True)
    ip = fields.Char("IP Address", readonly=True)
    user_agent = fields.Char("Device", readonly=True)
    payload = fields.Json("Facts", readonly=True)
    summary = fields.Char(compute='_compute_summary')
    prev_hash = fields.Char("Hash before", readonly=True)
    hash = fields.Char(readonly=True, index=True)
    subject_model = fields.Char(readonly=True)
    # No foreign key: the attempt is recorded while another transaction may hold the record.
    subject_id = fields.Many2oneReference("Subject", model_field='subject_model', readonly=True)

    _chain_uniq = models.UniqueIndex('(chain, seq)', "Two events at one place of a chain.")
    _type_idx = models.Index('(type, at)')

    # COMPUTE -------------------------------------------------------------------

    @api.depends('payload')
    def _compute_summary(self):
        for event in self:
            event.summary = ' · '.join(
                f'{key}: {value}' for key, value in sorted((event.payload or {}).items()) if not isinstance(value, dict | list)
            )[:300]

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _append(self, envelope, event_type, *, actor='', payload=None, meta=None):
        """Add an event to the chain of ``envelope``.

        The row of the envelope is locked, as by all that signs: of two that append at once, the second runs again after the first.
        One lock, taken first by everybody: with a second one beside it, two could wait for each other.

        :param payload: dict of text, whole numbers, booleans, and lists of those
        :param meta: {ip, user_agent}
        """
        envelope.ensure_one()
        envelope._lock()
        event = self._insert(
            envelope.id,
            envelope.event_count + 1,
            envelope.event_head or envelope.uuid,
            event_type,
            actor=actor,
            payload=payload,
            meta=meta,
            envelope_id=envelope.id,
            company_id=envelope.company_id.id,
        )
        envelope._set({'event_count': event.seq, 'event_head': event.hash})
        return event

    @api.model
    def _append_system(self, event_type, *, actor='', payload=None, subject_model=False, subject_id=False):
        """Add an event to the system's chain, at once and whatever becomes of the running transaction.

        Two at once want the same number; the one that comes second takes the next.
        """
        for _attempt in range(ATTEMPTS):
            try:
                with self.env.registry.cursor() as cr:
                    log = api.Environment(cr, SUPERUSER_ID, {})[self._name]
                    last = log.search([('chain', '=', SYSTEM)], order='seq desc', limit=1)
                    log._insert(
                        SYSTEM,
                        last.seq + 1,
                        last.hash or 'system',
                        event_type,
                        actor=actor,
                        payload=payload,
                        subject_model=subject_model,
                        subject_id=subject_id,
                    )
                return
            except (UniqueViolation, SerializationFailure):
                _logger.info("Event %s of the system comes after another one.", event_type)
        raise ConcurrencyError(self.env._("The register is busy. Try again."))

    @api.model
    def _insert(self, chain_id, seq, prev_hash, event_type, *, actor, payload, meta=None, **vals):
        meta = meta or {}
        vals = {
            'chain': chain_id,
            'seq': seq,
            'type': event_type,
            'at': fields.Datetime.now(),
            'actor': _clean(actor) or 'system',
            'ip': _clean(meta.get('ip'), 45),
            'user_agent': _clean(meta.get('user_agent')),
            'payload': payload or {},
            'prev_hash': prev_hash,
            **vals,
        }
        event = self.sudo().new(vals)
        vals['hash'] = chain.event_hash(prev_hash, event._hashed())
        event = self.sudo().create(vals)
        event.flush_recordset()
        return event.sudo(self.env.su)

    def _hashed(self):
        """Return what the hash covers: all that the event says."""
        self.ensure_one()
        return {
            'chain': self.chain,
            'seq': self.seq,
            'type': self.type,
            'at': fields.Datetime.to_string(self.at),
            'actor': self.actor or '',
            'ip': self.ip or '',
            'user_agent': self.user_agent or '',
            'payload': self.payload or {},
            'subject': f"{self.subject_model or ''}/{self.subject_id or 0}",
        }

    @api.model
    def _check_chains(self, chains):
        """Recompute the chains.

        :param chains: ids of envelopes, and 0
        :return: {chain: sentence} of those that don't hold
        """
        self.env['esign.event'].flush_model()
        self.invalidate_model()  # what SQL wrote behind the ORM is to be seen
        problems = {}
        heads = {envelope.id: envelope for envelope in self.env['esign.envelope'].sudo().browse(chains).exists()}
        events = self.sudo().search([('chain', 'in', list(chains))])
        for chain_id, own in events.grouped('chain').items():
            envelope = heads.get(chain_id)
            previous = envelope.uuid if envelope else 'system'
            for number, event in enumerate(own, start=1):
                if event.seq != number:
                    problems[chain_id] = self.env._("Event %(seq)s is missing.", seq=number)
                elif event.prev_hash != previous or chain.event_hash(previous, event._hashed()) != event.hash:
                    problems[chain_id] = self.env._("Event %(seq)s (%(type)s) is not what was recorded.", seq=event.seq, type=event.type)
                if chain_id in problems:
                    break
                previous = event.hash
            if envelope and chain_id not in problems and (len(own), previous) != (envelope.event_count, envelope.event_head):
                problems[chain_id] = self.env._("Events after no. %(seq)s are missing.", seq=len(own))
        for chain_id, envelope in heads.items():
            if envelope.event_count and chain_id not in events.mapped('chain'):
                problems[chain_id] = self.env._("All events are missing.")
        return problems


def _clean(text, length=200):
    """Keep what an attacker sends printable and short."""
    return ''.join(character for character in str(text or '') if character.isprintable())[:length]
