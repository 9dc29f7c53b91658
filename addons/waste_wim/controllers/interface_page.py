import json

from odoo import http
from odoo.http import request

from ..tools import openapi
from ..tools.events import EVENTS


class WimInterfacePage(http.Controller):
    """The description of the interface for people: what the OpenAPI document says, as a page."""

    @http.route('/wim/v1/docs', type='http', auth='user', methods=['GET'], website=True, sitemap=False, readonly=True)
    def show(self):
        if not self.env.user.has_group('waste.group_admin'):
            raise request.not_found()
        events = [{
            'name': name,
            'summary': event.summary,
            'rows': openapi.field_rows(event),
            'example': json.dumps(openapi.example(name, event), ensure_ascii=False, indent=2),
        } for name, event in EVENTS.items()]
        return request.render('waste_wim.interface_page', {'events': events})
