from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.wecom.models.wecom_app import MASK

from ..tools import cipher


class WecomArchiveKey(models.Model):
    """A pair of keys of an archive: WeCom encrypts with the public one and tells its version with each message."""
    _name = 'wecom.archive.key'
    _description = "Key of a WeCom archive"
    _order = 'archive_id, version desc'
    _rec_name = 'version'

    archive_id = fields.Many2one('wecom.archive', "Archive", required=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='archive_id.company_id', store=True)
    version = fields.Integer(required=True, help="As the admin console numbers it beside the public key.")
    since = fields.Datetime(required=True, default=lambda self: fields.Datetime.now())
    pem = fields.Text("Private key", compute='_compute_pem', inverse='_inverse_pem', groups='base.group_system', copy=False,
                      help="RSA, 2048 bits, PEM without a password. Left empty: a new pair is made, and nobody ever sees its private key.")
    pem_word = fields.Text("Encrypted key", readonly=True, groups='base.group_system', copy=False)
    public_pem = fields.Text("Public key", readonly=True, copy=False, help="To be entered in WeCom's admin console.")
    fingerprint = fields.Char(readonly=True, copy=False)

    _version_uniq = models.UniqueIndex("(archive_id, version)", "The archive has a key of this version already.")

    @api.depends('pem_word')
    def _compute_pem(self):
        for key in self:
            key.pem = MASK if key.pem_word else False

    def _inverse_pem(self):
        for key in self.filtered(lambda key: key.pem and key.pem != MASK):
            key._keep(key.pem)

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(vals_list)
        for key in keys.filtered(lambda key: not key.pem_word):
            key._keep(cipher.make_key())
        keys._read_waiting()
        return keys

    def write(self, vals):
        result = super().write(vals)
        if {'pem', 'version'} & vals.keys():
            self._read_waiting()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise ValidationError(self.env._("A key stays: messages that WeCom encrypted with it may still come."))

    def _keep(self, pem):
        try:
            key = cipher.load(pem)
        except cipher.CipherError as error:
            raise ValidationError(self.env._(
                "Version %(version)s: this is %(reason)s.", version=self.version, reason=error)) from None
        self.write({'pem_word': self.archive_id._encrypt(pem.strip(), 'key'), 'public_pem': cipher.public_pem(key),
                    'fingerprint': cipher.fingerprint(key)})

    def _load(self):
        return cipher.load(self.archive_id._decrypt(self.pem_word, 'key'))

    def _read_waiting(self):
        """What waited for a key is tried again, whatever its version: also a wrong one may have been corrected."""
        # sudo: administrators may not read what was said
        for archive_sudo in self.sudo().archive_id:
            archive_sudo.env['wecom.archive.record']._replay_for_keys(archive_sudo)
