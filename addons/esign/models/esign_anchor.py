import base64
import logging

from odoo import api, fields, models

from ..tools import merkle, timestamp
from ..tools.errors import EsignError

_logger = logging.getLogger(__name__)


class EsignAnchor(models.Model):
    """A time stamp from outside over heads of event chains: who rewrites a chain can't rewrite this.

    Daily over all chains that grew, linked to the anchor before; and one for each envelope as it is completed, which the parties get.
    """

    _name = 'esign.anchor'
    _inherit = ['esign.register.mixin']
    _description = "Anchor of events"
    _order = 'id desc'
    _rec_name = 'root'

    kind = fields.Selection([('daily', "Daily"), ('envelope', "Envelope")], required=True, readonly=True)
    envelope_id = fields.Many2one('esign.envelope', "Envelope", readonly=True, ondelete='restrict', index='btree_not_null')
    company_id = fields.Many2one(related='envelope_id.company_id', store=True, precompute=True, index='btree_not_null')
    previous_id = fields.Many2one('esign.anchor', "Anchor before", readonly=True, ondelete='restrict')
    heads = fields.Json(readonly=True, help="[chain, number of the last event, its hash]")
    head_count = fields.Integer("Chains", compute='_compute_head_count')
    last_event_id = fields.Integer(readonly=True)
    root = fields.Char("Merkle root", required=True, readonly=True, index=True)
    token = fields.Binary("Time Stamp", attachment=False, required=True, readonly=True)
    stamped_at = fields.Datetime("Time", required=True, readonly=True)
    authority = fields.Char("Time-stamp authority", readonly=True)

    @api.depends('heads')
    def _compute_head_count(self):
        for anchor in self:
            anchor.head_count = len(anchor.heads or [])

    # MAKE ----------------------------------------------------------------------

    @api.model
    def _anchor_envelope(self, envelope):
        """Anchor the events of ``envelope`` as they are now."""
        return self._make('envelope', [[envelope.id, envelope.event_count, envelope.event_head]], envelope_id=envelope.id)

    @api.model
    def _cron_anchor(self):
        """Anchor all chains that grew since the last time."""
        last = self.sudo().search([('kind', '=', 'daily')], limit=1)
        grown = (
            self.env['esign.event'].sudo()._read_group([('id', '>', last.last_event_id)], ['chain'], ['seq:max', 'id:max'], order='chain')
        )
        if not grown:
            return
        self.env['esign.event'].flush_model()
        self.env.cr.execute(
            'SELECT chain, seq, hash FROM esign_event WHERE (chain, seq) IN %s ORDER BY chain',
            [tuple((chain, seq) for chain, seq, _id in grown)],
        )
        try:
            self._make(
                'daily', [list(row) for row in self.env.cr.fetchall()], previous_id=last.id, last_event_id=max(row[2] for row in grown)
            )
        except EsignError as error:
            # Tomorrow's anchor covers today's events too.
            _logger.warning("The events could not be anchored: %s", error)
            self.env['esign.nightly']._alarm(
                self.env._("The events of signing could not be time-stamped: %(reason)s", reason=error.sentence)
            )

    @api.model
    def _make(self, kind, heads, **vals):
        root = self._get_root(kind, heads, self.browse(vals.get('previous_id')))
        keys = self.env['esign.keystore']
        token, moment = keys._stamp(bytes.fromhex(root))
        return self.sudo().create(
            {
                'kind': kind,
                'heads': heads,
                'root': root,
                'token': base64.b64encode(token),
                'authority': keys._get_tsa_url(),
                'stamped_at': moment.replace(tzinfo=None, microsecond=0),
                **vals,
            }
        )

    @api.model
    def _get_root(self, kind, heads, previous):
        if kind == 'envelope':
            # The head itself, so that the parties can check their copy with openssl alone.
            return heads[0][2]
        return merkle.merkle_root([*([previous.root] if previous else []), *(head[2] for head in heads)])

    # CHECK ---------------------------------------------------------------------

    def _check(self):
        """Check time stamps, roots, and that the events they stand for are still there.

        :return: list of sentences
        """
        self.invalidate_model()
        self.env['esign.event'].flush_model()
        roots = self.env['esign.keystore']._trust().timestamp_roots
        problems = []
        for anchor in self.sudo().with_context(bin_size=False).sorted('id'):
            name = self.env._("Anchor %(number)s", number=anchor.id)
            if anchor._get_root(anchor.kind, anchor.heads, anchor.previous_id) != anchor.root:
                problems.append(self.env._("%(anchor)s isn't about the events it names.", anchor=name))
                continue
            try:
                timestamp.check(base64.b64decode(anchor.token), bytes.fromhex(anchor.root), roots)
            except EsignError as error:
                problems.append(f'{name}: {self.env["esign.envelope"]._translate(error.sentence)}')
            problems += anchor._check_heads(name)
        return problems

    def _check_heads(self, name):
        self.env.cr.execute(
            'SELECT chain, seq, hash FROM esign_event WHERE (chain, seq) IN %s', [tuple((chain, seq) for chain, seq, _hash in self.heads)]
        )
        found = {(chain, seq): value for chain, seq, value in self.env.cr.fetchall()}
        return [
            self.env._("%(anchor)s: event %(seq)s of chain %(chain)s was rewritten or removed.", anchor=name, seq=seq, chain=chain)
            for chain, seq, value in self.heads
            if found.get((chain, seq)) != value
        ]

    @api.model
    def _check_outside(self, token, head):
        """Hold a copy that a party kept (the ``.tsr`` file of the completion mail) against the register.

        :param token: DER
        :param head: hex hash that it is about, as printed in the evidence report
        :return: list of sentences, empty when the register still has that event
        """
        try:
            moment = timestamp.check(token, bytes.fromhex(head), self.env['esign.keystore']._trust().timestamp_roots)
        except (EsignError, ValueError):
            return [self.env._("The time stamp isn't about this head of events, or comes from another authority.")]
        if not self.env['esign.event'].sudo().search_count([('hash', '=', head)], limit=1):
            return [
                self.env._(
                    "The register no longer has the event that was time-stamped on %(moment)s: "
                    "it was rewritten, or an old copy was restored.",
                    moment=moment.strftime('%Y-%m-%d %H:%M:%S UTC'),
                )
            ]
        return []
