from odoo.exceptions import MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

HIDDEN_STATES = ('draft', 'approving', 'cancelled')


class ContractPortal(CustomerPortal):

    def _document_check_access(self, model_name, document_id, access_token=None):
        """A link sent for review shows nothing while the contract is being rewritten."""
        document_sudo = super()._document_check_access(model_name, document_id, access_token=access_token)
        if (model_name == 'sale.order' and document_sudo.business_id and request.env.user.share
                and document_sudo.contract_state in HIDDEN_STATES):
            raise MissingError(request.env._("This contract isn't open for you at the moment."))
        return document_sudo
