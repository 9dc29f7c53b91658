from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

DELETIONS, DAYS = 3, 7  # system parameters `wecom_contact.risk_deletions` and `wecom_contact.risk_days`


class WecomRisk(models.Model):
    """A member deleted several customers within a few days: his leader and the compliance officers look into it. Kept for good."""
    _name = 'wecom.risk'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "WeCom risk"
    _order = 'id desc'
    _rec_name = 'member_id'

    member_id = fields.Many2one('wecom.member', "Member", required=True, readonly=True, index=True, ondelete='restrict')
    user_id = fields.Many2one(related='member_id.user_id', store=True, string="User")
    company_id = fields.Many2one(related='member_id.company_id', store=True)
    state = fields.Selection([
        ('open', "To be looked into"),
        ('closed', "Closed"),
    ], required=True, readonly=True, default='open', tracking=True)
    loss_ids = fields.One2many('wecom.loss', 'risk_id', "Customers deleted", readonly=True)
    loss_count = fields.Integer("Deleted", compute='_compute_losses', store=True)
    first_at = fields.Datetime("First", compute='_compute_losses', store=True)
    last_at = fields.Datetime("Last", compute='_compute_losses', store=True)
    conclusion = fields.Char(tracking=True, help="What came of it.")
    closed_at = fields.Datetime("Closed at", readonly=True)
    closed_by_id = fields.Many2one('res.users', "Closed by", readonly=True)

    _open_uniq = models.UniqueIndex("(member_id) WHERE state = 'open'", "A risk of this member is open already.")

    @api.depends('loss_ids.happened_at')
    def _compute_losses(self):
        for risk in self:
            moments = risk.loss_ids.mapped('happened_at')
            risk.loss_count = len(moments)
            risk.first_at = min(moments, default=False)
            risk.last_at = max(moments, default=False)

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and vals.keys() - {'conclusion'}:
            raise AccessError(self.env._("Of a risk only its conclusion can be changed; use the button to close it."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_close(self):
        """It was looked into; what came of it is kept."""
        self.check_access('write')
        for risk in self:
            if not risk.conclusion:
                raise UserError(self.env._("%(member)s: write down the conclusion first, then close.", member=risk.member_id.name))
            if risk.user_id == self.env.user:
                raise UserError(self.env._("Nobody closes a risk of his own: ask another leader."))
        # sudo: what happened is written by nobody by hand
        open_sudo = self.sudo().filtered(lambda risk: risk.state == 'open')
        open_sudo.write({'state': 'closed', 'closed_at': fields.Datetime.now(), 'closed_by_id': self.env.uid})
        open_sudo.activity_feedback(['wecom_contact.mail_activity_type_risk'], only_automated=False)
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _watch(self, member):
        """Raise the alarm, once, when a member deleted too many customers lately; later ones join it while it is open."""
        most, days = (self._get_setting(name, default) for name, default in (('deletions', DELETIONS), ('days', DAYS)))
        recent = self.env['wecom.loss'].search([
            ('member_id', '=', member.id), ('side', '=', 'removed'), ('risk_id', '=', False),
            ('happened_at', '>', fields.Datetime.now() - timedelta(days=days))])
        risk = self.search([('member_id', '=', member.id), ('state', '=', 'open')])
        if not risk and len(recent) >= most:
            risk = self.with_context(mail_create_nolog=True).create({'member_id': member.id}).with_env(self.env)
            risk._alert(recent)
        if risk:
            recent.write({'risk_id': risk.id})

    @api.model
    def _get_setting(self, name, default):
        value = self.env['ir.config_parameter'].sudo().get_param(f'wecom_contact.risk_{name}', '')
        return int(value) if value.isdigit() and int(value) else default

    def _alert(self, losses):
        officers = self.env.ref('wecom_contact.group_compliance').all_user_ids.filtered(
            lambda user: not self.company_id or self.company_id in user.company_ids)
        for user in (losses[:1]._get_leader() | officers).filtered('active') - self.user_id:
            risk = self.with_context(lang=user.lang)
            risk.activity_schedule('wecom_contact.mail_activity_type_risk', user_id=user.id, summary=risk.env._(
                "%(member)s deleted %(count)s customers on WeCom within a few days: look into it",
                member=risk.member_id.name, count=len(losses)))
