import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import config

from ..const import API_BASE_URL
from ..tools import envelope, vault
from .wecom_client import WeComError

LOOPBACK = ('127.0.0.1', 'localhost')
MASK = '••••••••'
SECRETS = {'secret': 'secret_word', 'callback_token': 'callback_token_word', 'callback_aes_key': 'callback_aes_key_word'}


class WecomApp(models.Model):
    """A self-built app (企业内部自建应用) of a corp: its identity, its secrets, its door for callbacks, its health."""
    _name = 'wecom.app'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "WeCom app"
    _order = 'company_id, name, id'

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', default=lambda self: self.env.company, index=True, help="Empty: the corp is that of all companies.")
    corp_id = fields.Char("Corp ID", required=True, tracking=True, help="In the admin console under My Company: ww…")
    agent_id = fields.Char("Agent ID", required=True, tracking=True, help="On the app's page in the admin console: 1000002.")
    api_base_url = fields.Char(
        "Address of the API", groups='base.group_system', help="Only when WeCom is reached by another address than its public one.")
    user_id = fields.Many2one('res.users', "Responsible", required=True, default=lambda self: self.env.user, tracking=True,
                              help="Is told when the app stands still.")

    secret = fields.Char(compute='_compute_secret', inverse='_inverse_secret', groups='base.group_system', copy=False)
    callback_token = fields.Char(
        "Token", compute='_compute_callback_token', inverse='_inverse_callback_token', groups='base.group_system', copy=False)
    callback_aes_key = fields.Char(
        "EncodingAESKey", compute='_compute_callback_aes_key', inverse='_inverse_callback_aes_key', groups='base.group_system', copy=False)
    secret_word = fields.Char("Encrypted secret", readonly=True, groups='base.group_system', copy=False)
    callback_token_word = fields.Char("Encrypted token", readonly=True, groups='base.group_system', copy=False)
    callback_aes_key_word = fields.Char("Encrypted EncodingAESKey", readonly=True, groups='base.group_system', copy=False)
    door = fields.Char(
        required=True, readonly=True, copy=False, groups='base.group_system', default=lambda self: secrets.token_urlsafe(24))
    callback_url = fields.Char("Address for callbacks", compute='_compute_callback_url', groups='base.group_system')

    state = fields.Selection([
        ('enabled', "Working"),
        ('disabled', "Standing still"),
    ], required=True, readonly=True, default='enabled', copy=False, tracking=True)
    problem = fields.Char(readonly=True, copy=False)
    problem_code = fields.Integer(readonly=True, copy=False)
    problem_since = fields.Datetime("Since", readonly=True, copy=False)

    last_callback_at = fields.Datetime("Last callback", compute='_compute_health')
    backlog = fields.Integer("Waiting callbacks", compute='_compute_health')
    lag_seconds = fields.Integer("Oldest waits (s)", compute='_compute_health')
    failed_count = fields.Integer("Rejected callbacks", compute='_compute_health')
    token_fetched_at = fields.Datetime("Token fetched", compute='_compute_health')
    token_expires_at = fields.Datetime("Token expires", compute='_compute_health')
    failed_call_count = fields.Integer("Failed calls, 24 h", compute='_compute_health')

    _agent_uniq = models.UniqueIndex("(corp_id, agent_id) WHERE active IS TRUE", "This app of the corp is set up already.")
    _door_uniq = models.UniqueIndex("(door)", "The address for callbacks must be this app's own.")

    # === COMPUTE METHODS === #

    @api.depends('secret_word')
    def _compute_secret(self):
        self._mask('secret')

    @api.depends('callback_token_word')
    def _compute_callback_token(self):
        self._mask('callback_token')

    @api.depends('callback_aes_key_word')
    def _compute_callback_aes_key(self):
        self._mask('callback_aes_key')

    def _inverse_secret(self):
        self._keep('secret')

    def _inverse_callback_token(self):
        self._keep('callback_token')

    def _inverse_callback_aes_key(self):
        self._keep('callback_aes_key')

    def _mask(self, name):
        """Secrets can be entered, not read: what is set shows as dots."""
        for app in self:
            app[name] = MASK if app[SECRETS[name]] else False

    def _keep(self, name):
        for app in self.filtered(lambda app: app[name] != MASK):
            app[SECRETS[name]] = app._encrypt(app[name].strip(), name) if app[name] else False

    @api.depends('door')
    def _compute_callback_url(self):
        for app in self:
            app.callback_url = f'{app.get_base_url()}/wecom/callback/{app.door}'

    def _compute_health(self):
        now = fields.Datetime.now()
        own = [('app_id', 'in', self.ids)]
        callbacks = self.env['wecom.callback']
        last = dict(callbacks._read_group(own, ['app_id'], ['received_at:max']))
        waiting = {app: (count, oldest) for app, count, oldest in callbacks._read_group(
            [*own, ('state', '=', 'pending')], ['app_id'], ['__count', 'received_at:min'])}
        failed = dict(callbacks._read_group([*own, ('state', '=', 'rejected')], ['app_id'], ['__count']))
        calls = dict(self.env['wecom.call']._read_group(
            [*own, ('code', '!=', '0'), ('create_date', '>', fields.Datetime.subtract(now, days=1))], ['app_id'], ['__count']))
        tokens = self.env['wecom.token'].search([*own, ('kind', '=', 'access')]).grouped('app_id')
        for app in self:
            count, oldest = waiting.get(app, (0, None))
            token = tokens.get(app)
            app.last_callback_at = last.get(app, False)
            app.backlog = count
            app.lag_seconds = (now - oldest).total_seconds() if oldest else 0
            app.failed_count = failed.get(app, 0)
            app.failed_call_count = calls.get(app, 0)
            app.token_fetched_at = token and token.fetched_at
            app.token_expires_at = token and token.expires_at

    # === CONSTRAINT METHODS === #

    @api.constrains('callback_aes_key_word')
    def _check_aes_key(self):
        for app in self.filtered('callback_aes_key_word'):
            key = app._read_secret('callback_aes_key')
            if len(key) != 43 or not key.isalnum() or not key.isascii():
                raise ValidationError(self.env._("%(app)s: the EncodingAESKey has 43 letters and digits.", app=app.name))

    @api.constrains('api_base_url')
    def _check_api_base_url(self):
        """Secrets don't travel in the clear; a simulator on the machine itself may be called so."""
        for app in self.filtered('api_base_url'):
            address = urlsplit(app.api_base_url)
            if address.scheme != 'https' and not (address.scheme == 'http' and address.hostname in LOOPBACK):
                raise ValidationError(self.env._("%(address)s: the address must begin with https://.", address=app.api_base_url))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        if {'secret', 'corp_id', 'agent_id', 'api_base_url'} & set(vals):
            # What was fetched belongs to what was entered before. sudo: nobody may delete tokens by hand.
            self.env['wecom.token'].sudo().search([('app_id', 'in', self.ids)]).unlink()
            vals = {**vals, 'state': 'enabled', 'problem': False, 'problem_code': 0, 'problem_since': False}
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === ACTION METHODS === #

    def action_check(self):
        """Fetch a token and make one harmless call; an app that stood still works again when both go well."""
        self.ensure_one()
        if not self.env.user.has_group('base.group_system'):
            raise AccessError(self.env._("Only administrators may check a WeCom app."))
        self.check_access('write')
        if self.state == 'disabled':
            # In a transaction of its own: those of the call must see it.
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._restart()
            self.invalidate_recordset()
        try:
            self.env['wecom.client']._call(self, 'get_api_domain_ip')
        except WeComError as error:
            kind, message = 'danger', error.sentence
        else:
            kind, message = 'success', self.env._("WeCom answers.")
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': kind, 'message': message, 'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    def _open(self, model, name, domain):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': model, 'view_mode': 'list,form', 'name': name,
                'domain': [('app_id', '=', self.id), *domain]}

    def action_open_callbacks(self):
        return self._open('wecom.callback', self.env._("Callbacks"), [])

    def action_open_failures(self):
        return self._open('wecom.callback', self.env._("Rejected Callbacks"), [('state', '=', 'rejected')])

    def action_open_calls(self):
        return self._open('wecom.call', self.env._("Calls"), [])

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache('door')
    def _by_door(self, door):
        """Return (app id, company id, `envelope.Keys`) of the app whose callbacks come by this address, or None."""
        # sudo: WeCom calls without a user; the address is secret and the signature is checked.
        app_sudo = self.sudo().search([('door', '=', door)])
        if not (app_sudo and app_sudo.callback_token_word and app_sudo.callback_aes_key_word):
            return None
        keys = envelope.Keys.of(app_sudo._read_secret('callback_token'), app_sudo._read_secret('callback_aes_key'), app_sudo.corp_id)
        return app_sudo.id, app_sudo.company_id.id, keys

    def _check_enabled(self):
        if self.state == 'disabled':
            raise WeComError('config', self.env._(
                "The WeCom app “%(app)s” stands still: %(reason)s", app=self.display_name, reason=self.problem or ""))

    def _get_base_url(self):
        return f'{(self.sudo().api_base_url or API_BASE_URL).rstrip("/")}/'

    def _note_problem(self, sentence, code, stop):
        """Tell the responsible once, in a transaction of its own: who made the call may roll back."""
        with self.env.registry.cursor() as cr:
            self.with_env(api.Environment(cr, SUPERUSER_ID, {})).exists()._write_problem(sentence, code, stop)
        self.invalidate_recordset()

    def _write_problem(self, sentence, code, stop):
        for app in self:
            is_new = app.problem_code != code
            app.write({'problem': sentence, 'problem_code': code, **({'state': 'disabled'} if stop else {})})
            if is_new:
                app.problem_since = fields.Datetime.now()
                app.activity_schedule('wecom.mail_activity_type_problem', summary=sentence, user_id=app.user_id.id)

    def _restart(self):
        self.write({'state': 'enabled', 'problem': False, 'problem_code': 0, 'problem_since': False})
        # sudo: nobody may delete tokens by hand
        self.env['wecom.token'].sudo().search([('app_id', 'in', self.ids)]).unlink()
        self.activity_feedback(['wecom.mail_activity_type_problem'], feedback=self.env._("Checked again."))

    # === SECRETS === #

    @api.model
    def _vault(self):
        return vault.Vault(os.environ.get('WECOM_KEY_DIR') or config.get('wecom_key_dir') or Path(config['data_dir']) / 'wecom_keys')

    def _encrypt(self, text, purpose):
        return self._with_vault('encrypt', text, purpose)

    def _decrypt(self, word, purpose):
        return self._with_vault('decrypt', word, purpose)

    def _with_vault(self, action, text, purpose):
        self.ensure_one()
        try:
            return getattr(self._vault(), action)(text, f'wecom.app {self.id} {purpose}')
        except (vault.VaultError, ValueError) as error:
            raise UserError(self.env._(
                "The secrets of “%(app)s” can't be used: %(reason)s. Check the key folder of the server, or enter the secrets again.",
                app=self.display_name, reason=error)) from None

    def _read_secret(self, name):
        """Return a secret as it was entered; an empty text when it is missing."""
        # sudo: a call may be caused by anybody; the text stays inside the server
        word = self.sudo()[SECRETS[name]]
        return self._decrypt(word, name) if word else ''
