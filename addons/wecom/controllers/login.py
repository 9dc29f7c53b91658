import logging
import secrets

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessDenied, UserError
from odoo.http import Controller, request, route
from odoo.tools import consteq

_logger = logging.getLogger(__name__)

KEPT = 'wecom_login'  # in the session: what we sent the browser away with


class WecomLogin(Controller):
    """Staff log in as the user whom an administrator linked to their WeCom account."""

    @route('/wecom/login/<int:app_id>', type='http', auth='public', methods=['GET'], website=False, sitemap=False)
    def start(self, app_id, redirect='/odoo', **_unknown):
        app_sudo = self._app(app_id)
        state = secrets.token_urlsafe(24)
        request.session[KEPT] = {'state': state, 'app': app_id, 'redirect': redirect if _is_local(redirect) else '/odoo'}
        inside = 'wxwork' in request.httprequest.user_agent.string.lower()
        return request.redirect(app_sudo._get_authorize_url(state, inside), local=False)

    @route('/wecom/oauth/<int:app_id>', type='http', auth='public', methods=['GET'], website=False, sitemap=False, readonly=False)
    def finish(self, app_id, code='', state='', **_unknown):
        """The browser comes back with a code; only the one that we sent away with this state may use it."""
        app_sudo, kept = self._app(app_id), request.session.pop(KEPT, None)
        if not (kept and code and kept['app'] == app_id and consteq(kept['state'], state)):
            return self._refuse(self.env._("This log-in was not begun in this browser, or is used up. Begin again."))
        try:
            user = app_sudo._get_user_of_code(code)
            request.session.authenticate(request.env, {'type': 'wecom', 'login': user.login, 'ticket': user._wecom_ticket()})
        except UserError as refusal:
            return self._refuse(str(refusal))
        except AccessDenied:
            return self._refuse(self.env._("You can't log in here."))
        return request.redirect(user._mfa_url() if request.session.uid is None else kept['redirect'])

    @route('/wecom/signatures/<int:app_id>', type='jsonrpc', auth='user')
    def signatures(self, app_id, url):
        """What a page of ours needs inside WeCom. Only staff, only for pages of this server."""
        if not self.env.user._is_internal():
            raise request.not_found()
        app_sudo = self._app(app_id, must_have_login=False)
        if not url.startswith(f'{app_sudo.get_base_url()}/'):
            raise UserError(self.env._("Only pages of this server can be signed."))
        return app_sudo._get_signatures(url)

    def _app(self, app_id, must_have_login=True):
        # sudo: nobody is logged in yet, and staff don't see apps; which ones may be used so is an administrator's choice
        app_sudo = request.env(user=SUPERUSER_ID)['wecom.app'].browse(app_id).exists()
        if not (app_sudo.active and app_sudo.state == 'enabled' and (app_sudo.has_login or not must_have_login)):
            raise request.not_found()
        return app_sudo.with_context(lang=request.env.lang)

    def _refuse(self, sentence):
        return request.render('wecom.login_refused', {'sentence': sentence}, status=403)


def _is_local(path):
    """Whether it is a path of ours: no other server, written in whatever way."""
    return path.startswith('/') and not path.startswith(('//', '/\\')) and path.isprintable()
