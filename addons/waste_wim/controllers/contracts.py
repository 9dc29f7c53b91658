from odoo import http
from odoo.http import request

from ..tools.types import Refused, read_datetime
from .main import MAX_PAGE, WimDoor


class WimContracts(WimDoor):
    """What WIM asks about contracts that are reviewed and signed here."""

    @http.route('/wim/v1/contracts', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def list_contracts(self, since=None, after='0', limit='100', **_unknown):
        """Contracts changed since a moment, in the order of their record number."""
        if refusal := self._refuse_caller():
            return refusal
        try:
            moment = read_datetime(since.replace(' ', '+'), 'since') if since else None
        except Refused as error:
            return self._refuse(400, error.category, self.env._(error.sentence))
        if not (after.isdecimal() and limit.isdecimal() and len(after) < 10 and 1 <= int(limit[:9]) <= MAX_PAGE):
            return self._refuse(400, 'schema', self.env._(
                "“limit” must be from 1 to %(maximum)s, “after” the number that the page before named.", maximum=MAX_PAGE))
        domain = [('id', '>', int(after)), *([('write_date', '>=', moment)] if moment else [])]
        orders_sudo = self.env['sale.order']._search_for_wim(domain, order='id', limit=int(limit))
        return request.make_json_response({
            'results': [order._get_wim_status() for order in orders_sudo], 'next_after': orders_sudo[-1:].id or int(after)})

    @http.route('/wim/v1/contracts/<string:number>', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def show_contract(self, number):
        if refusal := self._refuse_caller():
            return refusal
        order_sudo = self._get_contract(number)
        if not order_sudo:
            return self._refuse(404, 'unknown', self.env._("There is no contract of this number."))
        return request.make_json_response(order_sudo._get_wim_status())

    @http.route('/wim/v1/contracts/<string:number>/file', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def download_contract(self, number):
        """The signed file, byte for byte: its digest is the `sha256` of the contract."""
        if refusal := self._refuse_caller():
            return refusal
        archive_sudo = self._get_contract(number).document_archive_id
        if not archive_sudo:
            return self._refuse(404, 'unknown', self.env._("There is no signed file of this contract."))
        return request.env['ir.binary']._get_stream_from(archive_sudo.attachment_id).get_response(as_attachment=True)

    def _get_contract(self, number):
        return self.env['sale.order']._search_for_wim([('name', '=', number)], limit=1)
