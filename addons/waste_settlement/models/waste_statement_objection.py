from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.waste.tools.language import to_language

STATES = [
    ("open", "To Answer"),
    ("accepted", "Accepted"),
    ("rejected", "Not Accepted"),
]


class WasteStatementObjection(models.Model):
    """What a producer says against a statement or one of its lines, and what we answered; kept when it is issued anew."""

    _name = "waste.statement.objection"
    _description = "Objection to a Statement"
    _inherit = ["waste.state.mixin"]
    _order = "id desc"
    _rec_name = "note"

    _transitions = {
        "accept": (("open",), "accepted"),
        "reject": (("open",), "rejected"),
    }
    _sealed_from = dict.fromkeys(("statement_id", "line_name", "note", "raised_by_id"), "open") | dict.fromkeys(
        ("answer", "answered_by_id", "answered_at"), "accepted")

    statement_id = fields.Many2one("waste.statement", "Statement", required=True, index=True, ondelete="cascade")
    # Lines of a statement that is issued anew are others; what was meant stays readable.
    line_id = fields.Many2one("waste.statement.line", "Line", index="btree_not_null", ondelete="set null")
    line_name = fields.Char("About")
    note = fields.Text("What Is Wrong", required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Proof", bypass_search_access=True)
    raised_by_id = fields.Many2one("res.users", "Raised by", required=True, default=lambda self: self.env.user)
    issue_no = fields.Integer("Issue", help="Which issue of the statement it was raised against.")
    answer = fields.Text()
    answered_by_id = fields.Many2one("res.users", "Answered by", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="open", index=True)
    company_id = fields.Many2one(related="statement_id.company_id", store=True, index=True)

    @api.constrains("line_id", "statement_id")
    def _check_line(self):
        for objection in self:
            if objection.line_id and objection.line_id.statement_id != objection.statement_id:
                raise ValidationError(self.env._(
                    "The line that an objection is about must be one of statement %(statement)s.",
                    statement=objection.statement_id.name))

    # ACTION --------------------------------------------------------------------

    def action_accept(self):
        """The producer is right: the statement is to be corrected."""
        self.check_access("write")
        return self._answer("accept")

    def action_reject(self):
        """The statement stands; the answer says why."""
        self.check_access("write")
        for objection in self:
            if not (objection.answer or "").strip():
                raise UserError(self.env._(
                    "Write the answer to “%(note)s” first: %(partner)s reads it on its page.",
                    note=objection.note, partner=objection.statement_id.partner_id.display_name))
        return self._answer("reject")

    def _answer(self, verb):
        self._transition(verb, answered_by_id=self.env.uid, answered_at=fields.Datetime.now())
        return True


class WasteStatement(models.Model):
    _inherit = "waste.statement"

    objection_ids = fields.One2many("waste.statement.objection", "statement_id", "Objections", copy=False)
    objection_count = fields.Integer(compute="_compute_objection_count")
    issue_no = fields.Integer("Issue", readonly=True, copy=False, help="How often it was put before the producer.")

    @api.depends("objection_ids.state")
    def _compute_objection_count(self):
        for statement in self:
            statement.objection_count = len(statement.objection_ids.filtered(lambda objection: objection.state == "open"))

    def _object(self, note, line=None, attachments=None):
        """Record an objection in the name of the current user and tell the salesperson.

        :param line: `waste.statement.line`, empty when it is about the whole statement
        :param attachments: `ir.attachment` that nobody else owns
        :raise UserError: when the statement isn't open to objections
        """
        self.ensure_one()
        note = note.strip()
        self._transition("dispute", dispute_reason=note, confirmed_at=False, confirmed_by_id=False)
        # Portal users write no records; whose objection it is says the field.
        objection_sudo = self.env["waste.statement.objection"].sudo().create({
            "statement_id": self.id,
            "line_id": line.id if line else False,
            "line_name": line._get_label() if line else False,
            "note": note,
            "raised_by_id": self.env.uid,
            "issue_no": self.issue_no,
            "attachment_ids": [fields.Command.set(attachments.ids if attachments else [])],
        })
        if attachments:
            attachments.sudo().write({"res_model": objection_sudo._name, "res_id": objection_sudo.id})
        # The activity is the salesperson's, whoever raised the objection.
        self.sudo().activity_schedule(
            "waste_settlement.mail_activity_dispute",
            user_id=self.user_id.id or self.create_uid.id,
            summary=to_language(self, self.sudo().user_id or self.create_uid).env._(
                "%(partner)s disputes the statement", partner=self.partner_id.display_name),
            note=f"{objection_sudo.line_name}: {note}" if line else note)
        return objection_sudo

    def _close_dispute(self, verb="reject"):
        """Whoever settles the dispute answers what is still open, and closes the salesperson's activity."""
        statements_sudo = self.sudo()
        statements_sudo.objection_ids.filtered(lambda objection: objection.state == "open")._answer(verb)
        statements_sudo.activity_feedback(["waste_settlement.mail_activity_dispute"])
