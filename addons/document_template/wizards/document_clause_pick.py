from odoo import fields, models


class DocumentClausePick(models.TransientModel):
    _name = 'document.clause.pick'
    _description = "Copy standard clauses into a version"

    version_id = fields.Many2one('document.template.version', required=True, readonly=True, ondelete='cascade')
    model = fields.Selection(related='version_id.model')
    clause_ids = fields.Many2many(
        'document.clause', string="Standard Clauses", domain="[('version_id', '=', False), ('model', 'in', [model, False])]")

    def action_confirm(self):
        """Copy the chosen clauses: the version must not change when a standard clause does."""
        self.ensure_one()
        self.version_id.check_access('write')
        last = max(self.version_id.clause_ids.mapped('sequence'), default=0)
        self.version_id.clause_ids = [
            fields.Command.create({**clause._copy_values(), 'sequence': last + step})
            for step, clause in enumerate(self.clause_ids, 1)]
        return {'type': 'ir.actions.act_window_close'}
