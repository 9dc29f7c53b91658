from datetime import timedelta

from odoo import api, fields, models

from ..const import TOKEN_MARGIN
from .exclusive import exclusive
from .wecom_client import WeComError


class WecomToken(models.Model):
    """An access token or a ticket of one app; one row for each, renewed by one worker while the others wait."""
    _name = 'wecom.token'
    _description = "WeCom token"
    _order = 'app_id, kind'
    _rec_name = 'kind'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='app_id.company_id')
    kind = fields.Selection([
        ('access', "Access token"),
        ('corp_ticket', "Ticket of the corp"),
        ('app_ticket', "Ticket of the app"),
    ], required=True, readonly=True)
    word = fields.Char("Encrypted", readonly=True, groups='base.group_system')
    expires_at = fields.Datetime("Expires", readonly=True)
    fetched_at = fields.Datetime("Fetched", readonly=True)

    _kind_uniq = models.UniqueIndex("(app_id, kind)", "An app has one token of a kind.")

    @api.model
    def _get(self, app, kind, stale=None):
        """Return the token's text, fetched when there is none, it ends within five minutes, or it is the ``stale`` one.

        :raise WeComError: when it can't be had
        """
        # In transactions of their own: the caller's snapshot doesn't show what others fetched since it began, and a new token
        # must be there for all at once, whether the caller commits or not.
        with self.env.registry.cursor() as cr:
            value = self.with_env(self.env(cr=cr))._find(app, kind)._read_word(stale)
        if value:
            return value
        with exclusive(self.env, f'token {app.id} {kind}') as env:
            try:
                return env[self._name]._renew(env['wecom.app'].browse(app.id), kind, stale)
            except WeComError as error:
                refusal = error  # raised when the lock is free again; what was noted of it stays
        raise refusal

    @api.model
    def _renew(self, app_sudo, kind, stale):
        """Return the token that another worker fetched while we waited, else a new one."""
        token = self._find(app_sudo, kind)
        value = token._read_word(stale)
        if value:
            return value
        value, seconds = self.env['wecom.client']._fetch(app_sudo, kind)
        now = fields.Datetime.now()
        vals = {'word': app_sudo._encrypt(value, f'token {kind}'), 'fetched_at': now, 'expires_at': now + timedelta(seconds=seconds)}
        if token:
            token.write(vals)
        else:
            token.create({'app_id': app_sudo.id, 'kind': kind, **vals})
        return value

    @api.model
    def _find(self, app, kind):
        # sudo: whoever may cause a call needs the token, nobody may read it
        return self.sudo().search([('app_id', '=', app.id), ('kind', '=', kind)])

    def _read_word(self, stale):
        """Return the text while it is good, else None."""
        if not self.word or self.expires_at < fields.Datetime.now() + timedelta(seconds=TOKEN_MARGIN):
            return None
        value = self.app_id._decrypt(self.word, f'token {self.kind}')
        return None if value == stale else value
