from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

WAYS = [
    ('phone', "Phone"),
    ('wechat', "WeChat"),
    ('email', "E-Mail"),
    ('visit', "Visit"),
    ('sms', "SMS"),
]
LENGTH = timedelta(minutes=30)


class WasteContractFollowUp(models.TransientModel):
    """What was said about a contract or its money, and when to speak again: on both tracks and in the own calendar."""
    _name = 'waste.contract.follow.up'
    _description = "Follow up a Contract"

    order_id = fields.Many2one('sale.order', "Contract", required=True)
    partner_id = fields.Many2one(related='order_id.partner_id')
    way = fields.Selection(WAYS, required=True, default='phone')
    note = fields.Text("What Was Said", required=True)
    next_at = fields.Datetime("Next Contact", help="Comes into your calendar, with an activity on the contract.")

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever may read a contract may note what was said about it, nobody else."""
        follow_ups = super().create(vals_list)
        follow_ups.order_id.check_access('read')
        return follow_ups

    # ACTION --------------------------------------------------------------------

    def action_save(self):
        """Write the note on the contract and on its customer, and plan the next contact."""
        self.ensure_one()
        self.order_id.check_access('read')
        note = (self.note or '').strip()
        if not note:
            raise UserError(self.env._("Contract %(contract)s: say what was said.", contract=self.order_id.name))
        if self.next_at and self.next_at <= fields.Datetime.now():
            raise UserError(self.env._(
                "Contract %(contract)s: the next contact lies in the past; choose a later time.", contract=self.order_id.name))
        # Customer service reads contracts and customers, and speaks with them too.
        order_sudo = self.order_id.sudo()
        way = dict(self._fields['way']._description_selection(self.env))[self.way]
        body = Markup("<b>%s</b><br/>%s") % (way, Markup("<br/>").join(note.splitlines()))
        order_sudo.message_post(body=body)
        order_sudo.partner_id.message_post(body=Markup("%s · %s") % (order_sudo._get_html_link(), body))
        if self.next_at:
            self._plan_next_contact(order_sudo, way, note)
        return {'type': 'ir.actions.act_window_close'}

    # BUSINESS ------------------------------------------------------------------

    def _plan_next_contact(self, order_sudo, way, note):
        """Create the event in the user's calendar; Odoo gives the contract its activity with that."""
        order_sudo.env['calendar.event'].create({
            'name': self.env._("Follow up %(customer)s: %(contract)s", customer=order_sudo.partner_id.name, contract=order_sudo.name),
            'description': Markup("%s: %s") % (way, note),
            'start': self.next_at,
            'stop': self.next_at + LENGTH,
            'user_id': self.env.uid,
            'partner_ids': [fields.Command.set(self.env.user.partner_id.ids)],
            'res_model_id': self.env['ir.model']._get_id('sale.order'),
            'res_id': order_sudo.id,
        })
