from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.wecom.models.wecom_app import MASK
from odoo.addons.wecom.tools.vault import VaultError


class WecomArchive(models.Model):
    """The archive of a corp's conversations (会话内容存档): its secret, its keys, how far it was read, its health."""
    _name = 'wecom.archive'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "WeCom archive"
    _rec_name = 'app_id'

    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='restrict', index=True, tracking=True,
                             help="The app that has the corp's customers: those who speak in the archive are found among them.")
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one('res.users', "Responsible", required=True, default=lambda self: self.env.user, tracking=True,
                              help="Is told when the archive can't be read.")

    secret = fields.Char(compute='_compute_secret', inverse='_inverse_secret', groups='base.group_system', copy=False,
                         help="The archive has a secret of its own: admin console, Management Tools, Conversation Archive (会话内容存档).")
    secret_word = fields.Char("Encrypted secret", readonly=True, groups='base.group_system', copy=False)
    key_ids = fields.One2many('wecom.archive.key', 'archive_id', "Keys", groups='base.group_system')
    lets_members_read = fields.Boolean(
        "Members read their own conversations", tracking=True,
        help="Theirs with one person each, not group chats. Off: auditors alone read.")

    seq = fields.Integer("Read up to", readonly=True, copy=False, help="WeCom's number of the last message that was fetched.")
    pulled_at = fields.Datetime("Last read", readonly=True, copy=False)
    state = fields.Selection([
        ('enabled', "Working"),
        ('disabled', "Standing still"),
    ], required=True, readonly=True, default='enabled', copy=False, tracking=True)
    problem = fields.Char(readonly=True, copy=False)
    problem_code = fields.Char(readonly=True, copy=False)
    problem_since = fields.Datetime("Since", readonly=True, copy=False)
    message_last_at = fields.Datetime("Last message", compute='_compute_health')
    parked_count = fields.Integer("Unread records", compute='_compute_health')

    _app_uniq = models.UniqueIndex("(app_id) WHERE active IS TRUE", "The app has an archive already.")

    # === COMPUTE METHODS === #

    @api.depends('secret_word')
    def _compute_secret(self):
        """A secret can be entered, not read: what is set shows as dots."""
        for archive in self:
            archive.secret = MASK if archive.secret_word else False

    def _inverse_secret(self):
        for archive in self.filtered(lambda archive: archive.secret != MASK):
            archive.secret_word = archive._encrypt(archive.secret.strip(), 'secret') if archive.secret else False

    def _compute_health(self):
        # sudo: figures of health, not of conversations
        messages, records = self.env['wecom.archive.message'].sudo(), self.env['wecom.archive.record'].sudo()
        last = dict(messages._read_group([('archive_id', 'in', self.ids)], ['archive_id'], ['occurred_at:max']))
        parked = dict(records._read_group(
            [('archive_id', 'in', self.ids), ('state', 'not in', ('done', 'duplicate'))], ['archive_id'], ['__count']))
        for archive in self:
            archive.message_last_at = last.get(archive, False)
            archive.parked_count = parked.get(archive, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        if 'app_id' in vals and self.filtered(lambda archive: archive.seq and archive.app_id.id != vals['app_id']):
            raise UserError(self.env._("An archive that was read keeps its app: archive this one and make another."))
        if {'secret', 'app_id'} & vals.keys():
            vals = {**vals, 'state': 'enabled', 'problem': False, 'problem_code': False, 'problem_since': False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_read(self):
        if used := self.filtered('seq')[:1]:
            raise UserError(self.env._("The archive “%(archive)s” holds messages; archive it instead.", archive=used.display_name))

    # === ACTION METHODS === #

    def action_check(self):
        """Work again, and read soon."""
        self._check_administrator()
        for archive in self:
            archive._end_problem(self.env._("Checked again."))
        self._trigger_pull()
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'info', 'message': self.env._("The archive is being read; a problem is shown here in a moment."),
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    def action_open_records(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.archive.record', 'view_mode': 'list,form',
                'name': self.env._("Unread Records"), 'domain': [('archive_id', '=', self.id)],
                'context': {'search_default_open': 1}}

    def _check_administrator(self):
        if not self.env.user.has_group('base.group_system'):
            raise AccessError(self.env._("Only administrators set up the archive of WeCom."))
        self.check_access('write')

    # === BUSINESS METHODS === #

    @api.model
    def _trigger_pull(self, at=None):
        self.env.ref('wecom_archive.ir_cron_wecom_archive').sudo()._trigger(at)

    def _note_problem(self, sentence, code, stop=False):
        """Tell the responsible once for each kind of problem."""
        self.ensure_one()
        is_new = self.problem_code != code
        self.write({'problem': sentence, 'problem_code': code, **({'state': 'disabled'} if stop else {})})
        if is_new:
            self.problem_since = fields.Datetime.now()
            self._raise_activity(sentence)

    def _raise_activity(self, sentence):
        self.activity_schedule('wecom_archive.mail_activity_type_problem', summary=sentence, user_id=self.user_id.id)

    def _end_problem(self, feedback):
        self.ensure_one()
        if self.problem or self.state == 'disabled':
            self.write({'state': 'enabled', 'problem': False, 'problem_code': False, 'problem_since': False})
            self.activity_feedback(['wecom_archive.mail_activity_type_problem'], feedback=feedback)

    # === SECRETS === #

    def _encrypt(self, text, purpose):
        return self._with_vault('encrypt', text, purpose)

    def _decrypt(self, word, purpose):
        return self._with_vault('decrypt', word, purpose)

    def _with_vault(self, action, text, purpose):
        self.ensure_one()
        try:
            return getattr(self.env['wecom.app']._vault(), action)(text, f'wecom.archive {self.id} {purpose}')
        except (VaultError, ValueError) as error:
            raise UserError(self.env._(
                "The secrets of the archive “%(archive)s” can't be used: %(reason)s. "
                "Check the key folder of the server, or enter them again.", archive=self.display_name, reason=error)) from None
