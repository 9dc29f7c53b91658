from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.waste_contract.tools import exact


class AccountMove(models.Model):
    """A red-letter fapiao (红字发票) has a number of its own, the tax office's consent, and names the fapiao it takes back."""

    _inherit = "account.move"

    red_notice_no = fields.Char(
        "Red-Letter Notice No.", copy=False, tracking=True,
        help="Number under which the tax office confirmed the red-letter fapiao (红字发票信息确认单).")
    original_fapiao_no = fields.Char("Original Fapiao No.", related="reversed_entry_id.fapiao_no")
    red_fapiao_numbers = fields.Char("Red-Letter Fapiao No.", compute="_compute_red_fapiao_numbers", compute_sudo=True)

    # COMPUTE -------------------------------------------------------------------

    @api.depends("reversal_move_ids.fapiao_no", "reversal_move_ids.state")
    def _compute_red_fapiao_numbers(self):
        for move in self:
            posted = move.reversal_move_ids.filtered(lambda reversal: reversal.state == "posted" and reversal.fapiao_no)
            move.red_fapiao_numbers = ", ".join(posted.mapped("fapiao_no"))

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("fapiao_no", "red_notice_no", "reversed_entry_id")
    def _check_red_letter(self):
        for move in self.filtered(lambda move: move.waste_contract_id and move.move_type == "out_refund" and (
                move.fapiao_no or move.red_notice_no)):
            if not move.reversed_entry_id:
                raise ValidationError(self.env._(
                    "Red-letter invoice %(invoice)s has a fapiao number: name the invoice that it takes back.",
                    invoice=move.name or move.ref or "-"))
            if move.fapiao_no and move.fapiao_no == move.original_fapiao_no:
                raise ValidationError(self.env._(
                    "%(number)s is the number of the original fapiao: a red-letter fapiao has its own.", number=move.fapiao_no))

    # BUSINESS ------------------------------------------------------------------

    def _follow_red_letters(self):
        """Mark fapiao as red-lettered once they are taken back in full. Of the books of the issuing company, as superuser."""
        originals_sudo = self.sudo().reversed_entry_id.filtered(
            lambda move: move.waste_contract_id and move.fapiao_state == "issued")
        for original in originals_sudo:
            taken = sum(
                exact(move.amount_total) for move in original.reversal_move_ids if move.state == "posted")
            if taken >= exact(original.amount_total):
                original.fapiao_state = "red"
