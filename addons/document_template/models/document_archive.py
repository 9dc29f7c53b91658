from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError


class DocumentArchive(models.Model):
    """The signed paper of a record, under its archive number. Entries are added and withdrawn, never edited."""
    _name = 'document.archive'
    _description = "Archived paper"
    _order = 'id desc'

    name = fields.Char("Archive No.", required=True, readonly=True, index='trigram')
    document_name = fields.Char("Document", required=True, readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field='res_model', required=True, readonly=True, index=True)
    company_id = fields.Many2one('res.company', "Company", readonly=True, index='btree_not_null')
    attachment_id = fields.Many2one('ir.attachment', "File", required=True, readonly=True, ondelete='restrict', index=True)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    size = fields.Integer("Size (bytes)", readonly=True)
    archived_at = fields.Datetime("Archived on", required=True, readonly=True)
    archived_by_id = fields.Many2one('res.users', "Archived by", required=True, readonly=True)
    withdrawn_at = fields.Datetime("Withdrawn on", readonly=True)
    withdrawn_by_id = fields.Many2one('res.users', "Withdrawn by", readonly=True)
    reason = fields.Char(readonly=True)

    _name_uniq = models.Constraint('UNIQUE(name)', "Another paper already has this archive number.")

    def write(self, vals):
        for archive in self:
            if vals.keys() != {'withdrawn_at', 'withdrawn_by_id', 'reason'} or archive.withdrawn_at:
                raise UserError(self.env._("Archive entry %(number)s can't be changed.", number=archive.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Archive entries can't be deleted."))

    @api.model
    def _keep(self, record, attachment):
        """Archive and lock ``attachment`` of ``record``."""
        content = attachment.raw
        if not content:
            raise UserError(self.env._("%(file)s is empty: choose the signed file.", file=attachment.name))
        if (attachment.res_model, attachment.res_id) != (record._name, record.id):
            raise UserError(self.env._(
                "%(file)s isn't a file of %(record)s.", file=attachment.name, record=record.display_name))
        entry = self.create({
            'name': self.env['ir.sequence'].next_by_code('document.archive'),
            'document_name': record.display_name, 'res_model': record._name, 'res_id': record.id,
            'company_id': record.company_id.id, 'attachment_id': attachment.id,
            'sha256': sha256(content).hexdigest(), 'size': len(content),
            'archived_at': fields.Datetime.now(), 'archived_by_id': self.env.uid,
        })
        attachment.is_locked = True
        return entry

    def _withdraw(self, reason):
        """Record that the entry no longer is the record's archived paper."""
        self.write({'withdrawn_at': fields.Datetime.now(), 'withdrawn_by_id': self.env.uid, 'reason': reason})
