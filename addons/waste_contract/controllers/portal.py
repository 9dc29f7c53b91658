from odoo.exceptions import MissingError, UserError
from odoo.http import content_disposition, request, route
from odoo.tools import consteq

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..models.waste_contract_review_mixin import UNREAD_STATES


class ContractPortal(CustomerPortal):
    """What a producer reads and decides: its contracts, quotations and agreements."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        """A link sent for review shows nothing while the contract is being rewritten."""
        document_sudo = super()._document_check_access(model_name, document_id, access_token=access_token)
        if (model_name == 'sale.order' and document_sudo.business_id and request.env.user.share
                and document_sudo.contract_state in UNREAD_STATES):
            raise MissingError(request.env._("This contract isn't open for you at the moment."))
        return document_sudo

    @route('/my/orders/<int:order_id>/<any(agree,refuse):decision>', type='http', auth='public', methods=['POST'], website=True)
    def decide_contract(self, order_id, decision, access_token=None, reason=None, **_kwargs):
        """Record what the producer decides on a contract or quotation in its review."""
        try:
            order_sudo = self._document_check_access('sale.order', order_id, access_token=access_token)
        except UserError:
            return request.redirect('/my')
        if not order_sudo.business_id:
            return request.redirect('/my')
        return self._decide(order_sudo, order_sudo.contract_state, decision, reason)

    @route('/my/orders/<int:order_id>/files/<int:file_id>', type='http', auth='public', website=True)
    def download_contract_file(self, order_id, file_id, access_token=None, **_kwargs):
        """Return a file of a contract that is meant for its producer."""
        try:
            order_sudo = self._document_check_access('sale.order', order_id, access_token=access_token)
        except UserError:
            return request.redirect('/my')
        file_sudo = order_sudo._get_producer_files().filtered(lambda file: file.id == file_id)
        if not file_sudo:
            return request.not_found()
        return request.env['ir.binary']._get_stream_from(file_sudo).get_response(as_attachment=True)

    @route('/my/agreements/<int:agreement_id>', type='http', auth='public', website=True)
    def read_agreement(self, agreement_id, access_token=None, problem=None, **_kwargs):
        """Show an agreement to the producer of its contract."""
        agreement_sudo = self._get_agreement(agreement_id, access_token)
        if not agreement_sudo:
            return request.redirect('/my')
        return request.render('waste_contract.portal_agreement', {
            'agreement': agreement_sudo, 'page_name': 'agreement', 'access_token': access_token, 'problem': problem})

    @route('/my/agreements/<int:agreement_id>/paper', type='http', auth='public', website=True)
    def download_agreement(self, agreement_id, access_token=None, **_kwargs):
        """Return the paper of an agreement, the same bytes to everybody who reads it."""
        agreement_sudo = self._get_agreement(agreement_id, access_token)
        if not agreement_sudo:
            return request.redirect('/my')
        paper = agreement_sudo._get_document_pdf()
        return request.make_response(paper, [
            ('Content-Type', 'application/pdf'), ('Content-Length', len(paper)),
            ('Content-Disposition', content_disposition(agreement_sudo._get_document_filename()))])

    @route('/my/agreements/<int:agreement_id>/<any(agree,refuse):decision>', type='http', auth='public', methods=['POST'], website=True)
    def decide_agreement(self, agreement_id, decision, access_token=None, reason=None, **_kwargs):
        """Record what the producer decides on an agreement in its review."""
        agreement_sudo = self._get_agreement(agreement_id, access_token)
        if not agreement_sudo:
            return request.redirect('/my')
        return self._decide(agreement_sudo, agreement_sudo.state, decision, reason)

    def _get_agreement(self, agreement_id, access_token):
        """Return the agreement, in superuser mode, when it names who asks or he has its link; else nothing."""
        # Portal users have no rights on agreements: a rule would open export and counts. This door opens one page.
        agreement_sudo = request.env['waste.contract.agreement'].sudo().browse(agreement_id).exists()
        if not agreement_sudo or agreement_sudo.state in UNREAD_STATES:
            return agreement_sudo.browse()
        user = request.env.user
        is_party = not user._is_public() and (
            user.partner_id.commercial_partner_id == agreement_sudo.partner_id.commercial_partner_id)
        has_link = access_token and agreement_sudo.access_token and consteq(agreement_sudo.access_token, access_token)
        return agreement_sudo if is_party or has_link else agreement_sudo.browse()

    def _decide(self, document_sudo, state, decision, reason):
        """Take the decision in the review; afterwards it changes nothing, as a second click shouldn't.

        :param document_sudo: contract or agreement that the visitor may decide on
        """
        problem = None
        # Staff who may only read would decide in superuser mode here; they have the document's own buttons, which check.
        if state == 'customer_review' and request.env.user.share:
            if decision == 'refuse' and not (reason or '').strip():
                problem = 'reason'
            else:
                try:
                    with request.env.cr.savepoint():
                        if decision == 'agree':
                            document_sudo.action_agree()
                        else:
                            document_sudo.action_refuse(reason.strip()[:2000])
                except UserError:
                    problem = 'late'
        url = document_sudo.get_portal_url(query_string=f'&problem={problem}' if problem else None)
        return request.redirect(url if document_sudo._is_at_or_after('customer_review') else '/my')
