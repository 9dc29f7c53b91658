from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS, Command
from odoo.tools import format_datetime

from .wecom_archive_rule import SEVERITIES

BATCH = 100


class WecomArchiveAlert(models.Model):
    """Words of a rule were said in a conversation; compliance officers look into it. Later ones join while it is open. Kept for good."""
    _name = 'wecom.archive.alert'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "WeCom conversation alert"
    _order = 'id desc'
    _rec_name = 'rule_id'

    rule_id = fields.Many2one('wecom.archive.rule', "Rule", required=True, readonly=True, index=True, ondelete='restrict')
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    conversation_id = fields.Many2one('wecom.archive.conversation', "Conversation", required=True, readonly=True, ondelete='restrict')
    conversation_name = fields.Char("Between", related='conversation_id.display_name')
    company_id = fields.Many2one(related='conversation_id.company_id', store=True)
    member_id = fields.Many2one('wecom.member', "Member", readonly=True, index='btree_not_null', ondelete='restrict')
    said_ids = fields.Many2many('wecom.archive.message', string="Messages with the words", readonly=True, groups=NO_ACCESS)
    excerpt = fields.Text("What was said", compute='_compute_excerpt')
    words = fields.Char("Words", readonly=True)
    hit_count = fields.Integer("Messages found", readonly=True)
    last_at = fields.Datetime("Last", readonly=True)
    state = fields.Selection([
        ('open', "To be looked into"),
        ('closed', "Closed"),
    ], required=True, readonly=True, default='open', tracking=True)
    conclusion = fields.Text(tracking=True, help="What came of it.")
    closed_at = fields.Datetime("Closed at", readonly=True)
    closed_by_id = fields.Many2one('res.users', "Closed by", readonly=True)
    is_told = fields.Boolean(readonly=True, export_string_translation=False)

    _open_uniq = models.UniqueIndex("(rule_id, conversation_id) WHERE state = 'open'", "An alert of this rule is open already.")
    _untold_idx = models.Index("(id) WHERE is_told IS NOT TRUE")
    _conversation_idx = models.Index("(conversation_id)")

    @api.depends('rule_id.name', 'conversation_id')
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = f'{alert.rule_id.sudo().name}: {alert.conversation_name}'

    @api.depends('hit_count')
    @api.depends_context('uid', 'tz', 'lang')
    def _compute_excerpt(self):
        """Give the messages with the words, and only those, to who may read the alert; that he did is on record."""
        readable = self._filtered_access('read')
        (self - readable).excerpt = False
        # sudo: officers read these messages through the alert, without being auditors
        for alert, alert_sudo in zip(readable, readable.sudo()):
            said = alert_sudo.said_ids.sorted(lambda message: (message.occurred_at, message.id))
            self.env['wecom.archive.access']._note_messages(said, 'alert')
            alert.excerpt = '\n'.join(
                f'{format_datetime(self.env, message.occurred_at, dt_format="short")} {message.sender_name}: {message.text}'
                for message in said) or False

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and vals.keys() - {'conclusion'}:
            raise AccessError(self.env._("Of an alert only its conclusion can be changed; use the button to close it."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_close(self):
        """It was looked into; what came of it is kept."""
        self.check_access('write')
        for alert in self:
            if not alert.conclusion:
                raise UserError(self.env._("%(alert)s: write down the conclusion first, then close.", alert=alert.display_name))
            if alert._is_about(self.env.user):
                raise UserError(self.env._("Nobody closes an alert about himself: ask another officer."))
        # sudo: what happened is written by nobody by hand
        open_sudo = self.sudo().filtered(lambda alert: alert.state == 'open')
        open_sudo.write({'state': 'closed', 'closed_at': fields.Datetime.now(), 'closed_by_id': self.env.uid})
        open_sudo.activity_feedback(['wecom_archive.mail_activity_type_alert'], only_automated=False)
        return True

    def action_open_conversation(self):
        self.ensure_one()
        name = self.env._("Conversation")
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.archive.conversation', 'view_mode': 'form',
                'res_id': self.conversation_id.id, 'name': name}

    def _is_about(self, user):
        # sudo: members of other companies
        return user in self.sudo().conversation_id.member_ids.user_id

    # === BUSINESS METHODS === #

    @api.model
    def _raise(self, rule, found):
        """Raise an alert for each conversation; one that is open already takes the messages in.

        :param found: {message: word}
        """
        messages = self.env['wecom.archive.message'].concat(*found)
        running = self.search([('rule_id', '=', rule.id), ('state', '=', 'open'), ('conversation_id', 'in', messages.conversation_id.ids)])
        by_conversation = running.grouped('conversation_id')
        for conversation, those in messages.grouped('conversation_id').items():
            alert = by_conversation.get(conversation) or self.with_context(mail_create_nolog=True).create({
                'rule_id': rule.id, 'severity': rule.severity, 'conversation_id': conversation.id,
                'member_id': (those.sender_member_id or conversation.member_ids)[:1].id})
            said = [*filter(None, (alert.words or '').split(', ')), *(found[message] for message in those)]
            alert.write({
                'said_ids': [Command.link(message.id) for message in those], 'words': ', '.join(dict.fromkeys(said)),
                'hit_count': alert.hit_count + len(those), 'last_at': max(those.mapped('occurred_at'))})
        if found:
            self.env.ref('wecom_archive.ir_cron_wecom_archive_alert').sudo()._trigger()

    @api.model
    def _cron_tell(self):
        """Tell the officers. By a job of its own: that it fails undoes nothing of what was kept."""
        domain = [('is_told', '=', False)]
        while alerts := self.search(domain, order='id', limit=BATCH):
            for alert in alerts:
                alert._tell()
            if not self.env['ir.cron']._commit_progress(len(alerts), remaining=self.search_count(domain, limit=BATCH)):
                return

    def _tell(self):
        officers = self.rule_id.user_ids or self.env.ref('wecom_contact.group_compliance').all_user_ids
        for user in officers.filtered(lambda user: user.active and (not self.company_id or self.company_id in user.company_ids)):
            if not self._is_about(user):
                alert = self.with_context(lang=user.lang)
                alert.activity_schedule('wecom_archive.mail_activity_type_alert', user_id=user.id, summary=alert.display_name)
        self.is_told = True
