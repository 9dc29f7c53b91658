import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.wecom.models.wecom_client import WeComError

WECOMS_FIELDS = {'config_id', 'qr_code', 'url', 'key', 'to_send', 'is_attempted', 'problem', 'qr_picture', 'is_pictured'}
GONE = (41044,)  # WeCom knows no such number (any more)


class WecomWayMixin(models.AbstractModel):
    """What WeCom holds for us under a number of its own (a code, a link, a way into group chats): made, changed and taken away by a job.

    The number is WeCom's only handle and an answer can get lost, so that it was tried is kept before the try.
    """
    _name = 'wecom.way.mixin'
    _inherit = ['mail.thread']
    _description = "Held by WeCom under a number"
    _order = 'id desc'

    _send_cron = None  # xml id of the cron that calls _cron_send
    _sent_fields = {'name', 'active'}  # what WeCom is told of
    _wecoms_fields = WECOMS_FIELDS  # what only WeCom's answers change
    _fixed_fields = {'app_id'}  # what can't be changed once WeCom was told

    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='restrict', default=lambda self: self._default_app_id())
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    name = fields.Char(required=True, tracking=True, help="For us; e.g. the fair at which the code hangs.")
    active = fields.Boolean(default=True)
    key = fields.Char("Channel", required=True, readonly=True, copy=False, default=lambda self: f'c{secrets.token_hex(8)}')
    config_id = fields.Char("WeCom ID", readonly=True, copy=False)
    qr_code = fields.Char("QR code", readonly=True, copy=False)
    url = fields.Char("Link", readonly=True, copy=False)
    to_send = fields.Selection([
        ('add', "Add"),
        ('edit', "Change"),
        ('delete', "Delete"),
    ], "On its way to WeCom", readonly=True, copy=False, default='add')
    is_attempted = fields.Boolean(readonly=True, copy=False, help="WeCom may have made the code already, though we know no number of it.")
    problem = fields.Char(readonly=True, copy=False)

    _key_uniq = models.UniqueIndex("(key)", "The channel must be this code's own.")

    @api.model
    def _default_app_id(self):
        # sudo: who makes codes need not see the apps
        return self.env['wecom.contact'].sudo().search([('company_id', 'in', [*self.env.companies.ids, False])], limit=1).app_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        records = super().create([{**vals, 'to_send': 'add'} for vals in vals_list])
        self._trigger_send()
        return records

    def write(self, vals):
        self._check_fields(vals)
        if self.env.su or not vals.keys() & self._sent_fields:
            return super().write(vals)
        self._trigger_send()
        for record in self:
            is_kept = vals.get('active', record.active)
            how = ('edit' if record.config_id else 'add') if is_kept else 'delete'
            super(WecomWayMixin, record).write({**vals, 'to_send': how, 'problem': False})
        return True

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & self._wecoms_fields:
            raise AccessError(self.env._("What WeCom knows of a code can't be changed here."))
        for name in vals.keys() & self._fixed_fields:
            for record in self.filtered(lambda record: record.to_send != 'add'):
                if record._fields[name].convert_to_write(record[name], record) != vals[name]:
                    raise UserError(self.env._("“%(channel)s” is on WeCom already: make a new one instead.", channel=record.name))

    # === WHAT WECOM IS TOLD === #

    @api.model
    def _trigger_send(self, at=None):
        self.env.ref(self._send_cron).sudo()._trigger(at)

    @api.model
    def _cron_send(self):
        """Tell WeCom what changed, one transaction each. A refusal is kept with its record; the others go on, and other apps'."""
        waiting = self.env['wecom.app']
        for record in self.with_context(active_test=False).search([('to_send', '!=', False)], order='id'):
            if record.app_id in waiting:
                continue
            record = record._in_words_of_app()
            try:
                record._send()
            except WeComError as error:
                if error.policy != 'business':
                    self._trigger_send(fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60))
                    waiting |= record.app_id
                    continue
                record.write({'to_send': False, 'problem': record._explain_refusal(error)})
            self.env['ir.cron']._commit_progress(1)

    def _in_words_of_app(self):
        """Return the record in the language of who is responsible for the app: people read what the job notes."""
        return self.with_context(lang=self.app_id.user_id.lang)

    def _send(self):
        if self.to_send == 'delete':
            self._take_away()
        elif self.config_id:
            self._change_there()
        else:
            self.write((self.is_attempted and self._find_there()) or self._add())
        self.write({'to_send': False, 'problem': False})

    def _add(self):
        self.is_attempted = True
        self.env['ir.cron']._commit_progress(0)
        return self._make_there()

    def _take_away(self):
        """Take it from WeCom; one whose answer got lost is sought first, and what is gone there is gone here."""
        number = self.config_id or (self.is_attempted and (self._find_there() or {}).get('config_id'))
        if number:
            try:
                self._delete_there(number)
            except WeComError as error:
                if error.code not in GONE:
                    raise
        self.write({'config_id': False, 'qr_code': False, 'url': False, 'is_attempted': False})

    def _explain_refusal(self, error):
        """Return what is wrong and what to do, for the codes that WeCom only numbers."""
        sentences = {
            41044: self.env._("WeCom no longer has this code, so printed pictures of it are dead. Archive it and make a new one."),
            41045: self.env._("The corp holds 500,000 codes already, all that WeCom allows. Archive those that nobody uses any more."),
            41091: self.env._("WeCom refused the group chats: at most five, of owners who may serve customers."),
            41095: self.env._("The corp holds as many customer links as WeCom allows. Archive those that nobody uses any more."),
        }
        sentence = sentences.get(error.code)
        return f'{sentence} ({error.code})' if sentence else error.sentence

    def _make_there(self):
        """Make it on WeCom and return {'config_id', 'qr_code'}. To override."""
        raise NotImplementedError

    def _change_there(self):
        """Tell WeCom how it is now. To override."""
        raise NotImplementedError

    def _delete_there(self, number):
        """Take it from WeCom. To override."""
        raise NotImplementedError

    def _find_there(self):
        """Return {'config_id', 'qr_code'} of what an attempt without an answer made, or None. To override."""
        raise NotImplementedError
