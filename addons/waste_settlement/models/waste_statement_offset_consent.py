from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CONSENT_STATES = [
    ("none", "Not Asked"),
    ("asked", "Asked"),
    ("seen", "Seen"),
    ("agreed", "Agreed"),
    ("declined", "Declined"),
]

# What the producer's own page says; nobody of the staff types it.
EVIDENCE_FIELDS = frozenset({"consent_state", "consent_seen_at", "consent_user_id", "consent_at", "consent_note"})


class WasteStatementOffset(models.Model):
    """The producer's consent to an offset: asked for and given on its page, or on paper (``consent_by``)."""

    _inherit = "waste.statement.offset"

    consent_state = fields.Selection(CONSENT_STATES, "Consent", default="none", required=True, readonly=True, copy=False, tracking=True)
    consent_seen_at = fields.Datetime("Seen on", readonly=True, copy=False)
    consent_user_id = fields.Many2one("res.users", "Answered by", readonly=True, copy=False)
    consent_at = fields.Datetime("Answered on", readonly=True, copy=False)
    consent_note = fields.Text("Reason of the Producer", readonly=True, copy=False)

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_typed_evidence(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_typed_evidence(vals)
        if not self.env.su and {"consent_by", "consent_date"} & vals.keys():
            for offset in self.filtered(lambda offset: offset.consent_state == "agreed"):
                raise UserError(self.env._(
                    "Offset %(offset)s was agreed to by %(person)s on the producer's page: that is not changed by hand.",
                    offset=offset.name, person=offset.consent_by))
        return super().write(vals)

    @api.model
    def _refuse_typed_evidence(self, vals):
        if EVIDENCE_FIELDS & vals.keys() and not self.env.su:
            raise AccessError(self.env._("What the producer answers on its page is recorded by that page only."))

    # CHECKS --------------------------------------------------------------------

    def _get_move_error(self, target):
        if error := super()._get_move_error(target):
            return error
        if target == "posted" and self.consent_state == "declined":
            return self.env._(
                "Offset %(offset)s: %(partner)s declined. Cancel it, or ask again.",
                offset=self.name, partner=self.partner_id.display_name)
        return False

    # ACTION --------------------------------------------------------------------

    def action_ask_consent(self):
        """Put approved offsets before the producers, on their pages; declined ones once more."""
        self.check_access("write")
        for offset in self:
            if offset.state != "approved" or offset.consent_state not in ("none", "declined"):
                raise UserError(self.env._(
                    "Offset %(offset)s is “%(state)s”, its consent “%(consent)s”: the producer is asked once it is approved.",
                    offset=offset.name, state=offset._waste_state_label(offset.state),
                    consent=dict(offset._fields["consent_state"]._description_selection(self.env))[offset.consent_state]))
        # The state is the page's to write; that the clerk may ask was found just now.
        self.sudo().write({
            "consent_state": "asked", "consent_seen_at": False, "consent_user_id": False, "consent_at": False, "consent_note": False})
        for offset in self:
            env = offset.with_context(lang=offset.partner_id.lang or self.env.lang).env
            offset.message_post(
                subject=env._("Offset %(offset)s: please agree", offset=offset.name),
                body=env._(
                    "We propose to set off %(amount).2f that you owe us against what we owe you. Please read it and answer on "
                    "your page: %(link)s", amount=offset.receivable_amount, link=f"{offset.get_base_url()}/my/offsets/{offset.id}"),
                message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=offset.partner_id.ids)
        return True

    # BUSINESS ------------------------------------------------------------------

    def _mark_seen(self):
        """The producer opened it on its page; in superuser mode."""
        self.filtered(lambda offset: offset.consent_state == "asked").write(
            {"consent_state": "seen", "consent_seen_at": fields.Datetime.now()})

    def _answer_consent(self, is_agreed, note=False):
        """Record the answer of the current user, who speaks for the producer; in superuser mode.

        :raise UserError: when it isn't asked for any more
        """
        self.ensure_one()
        if self.state != "approved" or self.consent_state not in ("asked", "seen"):
            raise UserError(self.env._("Offset %(offset)s is not waiting for an answer any more.", offset=self.name))
        answered = {"consent_user_id": self.env.uid, "consent_at": fields.Datetime.now(), "consent_note": note}
        if not is_agreed:
            self.write({**answered, "consent_state": "declined"})
            self._notify_users(self.create_uid, self.env._("%(document)s: the producer declines", document=self.name), note)
            return
        self.write({
            **answered, "consent_state": "agreed", "consent_by": self.env.user.name, "consent_date": fields.Date.context_today(self)})
        self._notify_users(self.create_uid, self.env._("%(document)s: the producer agrees", document=self.name))
