from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import words

SEVERITIES = [('low', "Low"), ('medium', "Medium"), ('high', "High")]


class WecomArchiveRule(models.Model):
    """Words in conversations of which compliance officers are told."""
    _name = 'wecom.archive.rule'
    _inherit = ['mail.thread']
    _description = "WeCom rule for words in conversations"
    _order = 'name, id'

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one('res.company', index=True, default=lambda self: self.env.company, help="Empty: for all companies.")
    keywords = fields.Text("Words", required=True, tracking=True, help="One a line, any of them; * stands for anything between.")
    said_by = fields.Selection([
        ('customer', "The customer"),
        ('member', "The member"),
        ('both', "Either"),
    ], "Said by", required=True, default='both', tracking=True)
    severity = fields.Selection(SEVERITIES, required=True, default='medium', tracking=True)
    user_ids = fields.Many2many(
        'res.users', string="Who is told", tracking=True,
        domain=lambda self: [('all_group_ids', 'in', self.env.ref('wecom_contact.group_compliance').ids)],
        help="Compliance officers. Empty: all of them.")
    alert_ids = fields.One2many('wecom.archive.alert', 'rule_id', "Alerts", readonly=True)
    alert_count = fields.Integer("Open alerts", compute='_compute_alert_count')

    @api.depends('alert_ids.state')
    def _compute_alert_count(self):
        counts = dict(self.env['wecom.archive.alert']._read_group(
            [('rule_id', 'in', self.ids), ('state', '=', 'open')], ['rule_id'], ['__count']))
        for rule in self:
            rule.alert_count = counts.get(rule, 0)

    @api.constrains('keywords')
    def _check_keywords(self):
        for rule in self:
            if not words.split(rule.keywords):
                raise ValidationError(self.env._("“%(rule)s”: give at least one word to look for.", rule=rule.name))

    @api.constrains('user_ids')
    def _check_users(self):
        officers = self.env.ref('wecom_contact.group_compliance').all_user_ids
        for rule in self:
            if strangers := rule.user_ids - officers:
                raise ValidationError(self.env._(
                    "“%(rule)s”: %(user)s is no compliance officer and may not read alerts.", rule=rule.name, user=strangers[0].name))

    def action_open_alerts(self):
        self.ensure_one()
        name = self.env._("Alerts")
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.archive.alert', 'view_mode': 'list,kanban,form',
                'domain': [('rule_id', '=', self.id)], 'context': {'search_default_open': 1}, 'name': name}

    @api.model
    def _look_at(self, messages):
        """Raise alerts for new messages in which there are words of rules."""
        said = messages.filtered(lambda message: message.action == 'send' and message.text and message.conversation_id)
        for rule in self.search([]) if said else ():
            keywords = words.split(rule.keywords)
            found = {message: word for message in said._said_by(rule.said_by) if (word := words.find(message.text, keywords))
                     and (not rule.company_id or not message.company_id or rule.company_id == message.company_id)}
            self.env['wecom.archive.alert']._raise(rule, found)
