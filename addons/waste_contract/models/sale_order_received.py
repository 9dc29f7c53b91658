from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_template.models.document_mixin import Placeholder
from odoo.addons.esign.tools.errors import PdfRefused
from odoo.addons.esign.tools.received_limited import examine_received, join_received

#: once somebody signs, nobody exchanges the paper
OPEN_STATES = ('draft', 'approving', 'customer_review', 'gov_review')


class SaleOrder(models.Model):
    """A contract whose paper another system made: those pages are signed, with a page of ours behind them for the signatures."""
    _inherit = 'sale.order'

    received_paper_id = fields.Many2one(
        'ir.attachment', "Paper Received", copy=False, readonly=True, index='btree_not_null', ondelete='restrict', groups='base.group_user',
        help="The contract as the other system sent it. The signing page is added behind it.")

    # CRUD ----------------------------------------------------------------------

    def _check_document_values(self, vals):
        super()._check_document_values(vals)
        if 'received_paper_id' in vals and not self.env.su and (vals['received_paper_id'] or self.sudo().received_paper_id):
            raise UserError(self.env._("The paper that another system sent is kept by the system."))

    # PAPER ---------------------------------------------------------------------

    @api.model
    def _document_placeholders(self):
        return {
            **super()._document_placeholders(),
            'received.pages': Placeholder(
                self.env._("Paper received: pages"), lambda order: order._get_received_fact(examine_received)),
            'received.sha256': Placeholder(
                self.env._("Paper received: SHA-256"), lambda order: order._get_received_fact(lambda pdf: sha256(pdf).hexdigest())),
        }

    def _get_received_fact(self, fact):
        return fact(self.received_paper_id.raw) if self.received_paper_id else ''

    def _get_document_version(self):
        """Of a paper that was received, only the signing page has a wording of ours."""
        if not self.sudo().received_paper_id:
            return super()._get_document_version()
        template_sudo = self.env.ref('waste_contract.document_template_received').sudo()
        pinned_sudo = self.sudo().document_version_id
        return pinned_sudo if pinned_sudo.template_id == template_sudo else template_sudo._get_version(fields.Date.context_today(self))

    def _draw_document(self, version):
        rendered = super()._draw_document(version)
        paper_sudo = self.sudo().received_paper_id
        if not paper_sudo:
            return rendered
        try:
            pdf, pages = join_received(paper_sudo.raw, rendered.pdf)
        except PdfRefused as error:
            raise UserError(self.env['esign.envelope']._translate(error.sentence)) from None
        return rendered._replace(pdf=pdf, pages=rendered.pages + pages, engine=f'{rendered.engine}, pypdf', places={
            key: {**place, 'page': place['page'] + pages} for key, place in rendered.places.items()})

    # BUSINESS ------------------------------------------------------------------

    def _get_received_gap(self, pdf):
        """Return the sentence why ``pdf`` can't become the paper of this contract (none yet: of a new one), or False."""
        if self and self.contract_state not in OPEN_STATES:
            return self.env._(
                "Contract %(contract)s is “%(state)s”: its paper stays as it is.", contract=self.name,
                state=self._waste_state_label(self.contract_state))
        try:
            examine_received(pdf)
        except PdfRefused as error:
            return self.env['esign.envelope']._translate(error.sentence)
        return False

    def _receive_paper(self, pdf):
        """Keep the paper that another system made, locked; one that was received before stays among the files."""
        self.ensure_one()
        # What came through the interface is kept as it came, whoever reads its job's record.
        self.sudo().received_paper_id = self.env['ir.attachment'].sudo().create({
            'name': self._get_document_filename(), 'raw': pdf, 'mimetype': 'application/pdf', 'res_model': self._name, 'res_id': self.id,
            'contract_file_kind': 'received', 'is_locked': True})
        self._thaw_document()
