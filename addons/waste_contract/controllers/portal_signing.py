from odoo.http import Controller, request, route

from odoo.addons.portal.controllers.portal import pager

STEP = 20
# Who isn't of the staff sees nothing of a contract while it is being written.
SHOWN_STATES = ('customer_review', 'gov_review', 'signing', 'active', 'expired', 'terminated', 'voided')
GOVERNMENT_STATES = ('gov_review', 'signing', 'active', 'expired', 'terminated', 'voided')
PAPERS = {'contract': 'sale.order', 'agreement': 'waste.contract.agreement'}


class SigningPortal(Controller):
    """What waits for a producer or an authority: contracts to review and to sign, on a phone."""

    @route('/my/contracts', type='http', auth='user', website=True)
    def contracts(self, show='all', search='', page=1, **_unknown):
        """List the contracts in which the visitor's organisation is a party."""
        domains = self._get_domains()
        show = show if show in domains else 'all'
        domain = list(domains[show])
        if search := search.strip()[:64]:
            domain.append(('name', 'ilike', search))
        # Portal rules know producers only; the domain names the visitor's own organisation.
        orders_sudo = request.env['sale.order'].sudo()
        found = orders_sudo.search_count(domain)
        paging = pager('/my/contracts', found, int(page) if str(page).isdecimal() else 1, STEP, url_args={'show': show, 'search': search})
        contracts = orders_sudo.search(domain, order='date_start desc, id desc', limit=STEP, offset=paging['offset'])
        return request.render('waste_contract.portal_contracts', {
            'page_name': 'contracts', 'contracts': contracts, 'show': show, 'search': search, 'pager': paging,
            'counts': {name: orders_sudo.search_count(own) for name, own in domains.items()},
            'signers': self._get_signers().grouped(lambda signer: (signer.envelope_id.res_model, signer.envelope_id.res_id)),
            'agreements': self._get_agreements_to_sign(), 'organisation': self._get_organisation(),
        })

    @route('/my/contracts/<int:order_id>', type='http', auth='user', website=True)
    def application(self, order_id, problem=None, **_unknown):
        """Show an authority what it reviews: who, which waste, how much; never a price."""
        order_sudo = self._get_application(order_id)
        if not order_sudo:
            return request.redirect('/my/contracts')
        return request.render('waste_contract.portal_application', {
            'page_name': 'contracts', 'order': order_sudo, 'problem': problem,
            'signer': self._get_signers().filtered(
                lambda signer: (signer.envelope_id.res_model, signer.envelope_id.res_id) == ('sale.order', order_id))[:1]})

    @route('/my/contracts/<int:order_id>/files/<int:file_id>', type='http', auth='user', website=True)
    def download_application_file(self, order_id, file_id, **_unknown):
        """Return a file that is meant for the authority of the contract."""
        order_sudo = self._get_application(order_id)
        file_sudo = order_sudo and order_sudo._get_authority_files().filtered(lambda file: file.id == file_id)
        if not file_sudo:
            return request.not_found()
        return request.env['ir.binary']._get_stream_from(file_sudo).get_response(as_attachment=True)

    @route('/my/contracts/<int:order_id>/<any(pass,return):decision>', type='http', auth='user', methods=['POST'], website=True)
    def decide_application(self, order_id, decision, opinion='', **_unknown):
        """Record what the authority decides; a second click changes nothing."""
        order_sudo = self._get_application(order_id)
        if not order_sudo:
            return request.redirect('/my/contracts')
        opinion = opinion.strip()[:2000]
        if decision == 'return' and not opinion:
            return request.redirect(f'/my/contracts/{order_id}?problem=opinion')
        if order_sudo.contract_state == 'gov_review':
            if decision == 'pass':
                order_sudo.action_government_pass()
            else:
                order_sudo.action_government_return(opinion)
            if opinion and decision == 'pass':
                order_sudo._message_log(body=request.env._("Opinion: %(opinion)s", opinion=opinion))
            order_sudo._tell_salesperson(request.env._(
                "%(office)s: %(decision)s %(opinion)s", office=order_sudo.government_id.name, opinion=opinion,
                decision=request.env._("passed.") if decision == 'pass' else request.env._("returned.")))
        return request.redirect('/my/contracts?show=review')

    @route('/my/sign/<any(contract,agreement):kind>/<int:record_id>', type='http', auth='user', methods=['POST'], website=True)
    def sign(self, kind, record_id, **_unknown):
        """Lead the visitor to the link with which its organisation signs; that it was given is recorded."""
        signer = self._get_signers().filtered(
            lambda signer: (signer.envelope_id.res_model, signer.envelope_id.res_id) == (PAPERS[kind], record_id))[:1]
        if not signer:
            return request.redirect('/my/contracts?show=sign')
        signer.envelope_id._log('link_given', actor=request.env.user.login, payload={'party': signer.key})
        return request.redirect(signer._link(), local=False)

    # === BUSINESS METHODS === #

    def _get_organisation(self):
        return request.env.user.partner_id.commercial_partner_id

    def _get_signers(self):
        """Return, in superuser mode, who of the visitor's organisation is to sign now: nobody else's links are given here."""
        return request.env['esign.signer'].sudo().search([
            ('is_turn', '=', True), ('action', 'in', ('sign', 'review')),
            ('partner_id.commercial_partner_id', '=', self._get_organisation().id),
            ('envelope_id.res_model', 'in', list(PAPERS.values()))])

    def _get_agreements_to_sign(self):
        ids = [signer.envelope_id.res_id for signer in self._get_signers() if signer.envelope_id.res_model == PAPERS['agreement']]
        return request.env[PAPERS['agreement']].sudo().browse(ids)

    def _get_domains(self):
        """Return {tab: domain} over the contracts of the visitor's organisation."""
        own = self._get_organisation().id
        party = [
            ('business_id', '!=', False), ('contract_kind', '!=', 'quotation'),
            '|', '&', ('partner_id.commercial_partner_id', '=', own), ('contract_state', 'in', SHOWN_STATES),
            '&', ('government_id.commercial_partner_id', '=', own), ('contract_state', 'in', GOVERNMENT_STATES)]
        to_sign = [signer.envelope_id.res_id for signer in self._get_signers() if signer.envelope_id.res_model == PAPERS['contract']]
        review = [
            *party, '|', '&', ('contract_state', '=', 'customer_review'), ('partner_id.commercial_partner_id', '=', own),
            '&', ('contract_state', '=', 'gov_review'), ('government_id.commercial_partner_id', '=', own)]
        return {
            'sign': [*party, ('id', 'in', to_sign)], 'review': review,
            'active': [*party, ('contract_state', '=', 'active')], 'all': party,
        }

    def _get_application(self, order_id):
        """Return the contract, in superuser mode, when the visitor's organisation is its authority and may read it; else nothing."""
        order_sudo = request.env['sale.order'].sudo().browse(order_id).exists()
        is_authority = order_sudo and order_sudo.government_id and (
            order_sudo.government_id.commercial_partner_id == self._get_organisation())
        return order_sudo if is_authority and order_sudo.contract_state in GOVERNMENT_STATES else order_sudo.browse()
