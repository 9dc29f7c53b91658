from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import jssdk
from .wecom_client import WeComError

AUTHORIZE = 'https://open.weixin.qq.com/connect/oauth2/authorize'
QR_PAGE = 'https://login.work.weixin.qq.com/wwlogin/sso/login'


class WecomApp(models.Model):
    """The app as a door for staff, and as the identity of pages inside WeCom."""
    _inherit = 'wecom.app'

    has_login = fields.Boolean(
        "Staff log in by it", copy=False,
        help="Shows a button on the log-in page. Members linked to a user log in as that user; enter this server's domain under "
             "Trusted Domain (网页授权及JS-SDK) and WeCom Log-in (企业微信授权登录) of the app.")

    # === LOG-IN === #

    @api.model
    def _get_login_buttons(self):
        """Return the buttons of the log-in page, as its template wants them."""
        # sudo: nobody is logged in yet; names of apps that an administrator opened for this
        apps_sudo = self.sudo().search([('has_login', '=', True), ('state', '=', 'enabled')])
        return [{
            'auth_link': f'/wecom/login/{app_sudo.id}', 'css_class': 'fa fa-fw fa-weixin',
            'body': self.env._("Log in with WeCom: %(app)s", app=app_sudo.name) if len(apps_sudo) > 1 else self.env._("Log in with WeCom"),
        } for app_sudo in apps_sudo]

    def _get_authorize_url(self, state, inside):
        """Return where a browser goes to let WeCom tell who is there.

        :param state: random text that must come back
        :param inside: whether the browser is WeCom's own; others show a QR code
        """
        self.ensure_one()
        back = f'{self.get_base_url()}/wecom/oauth/{self.id}'
        if inside:
            words = {'appid': self.corp_id, 'redirect_uri': back, 'response_type': 'code', 'scope': 'snsapi_base', 'state': state,
                     'agentid': self.agent_id}
            return f'{AUTHORIZE}?{urlencode(words)}#wechat_redirect'
        words = {'login_type': 'CorpApp', 'appid': self.corp_id, 'agentid': self.agent_id, 'redirect_uri': back, 'state': state}
        return f'{QR_PAGE}?{urlencode(words)}'

    def _get_user_of_code(self, code):
        """Return the user whom WeCom names for a code; a code is good once.

        :raise UserError: for people on whom nobody here can log in; says what to do
        """
        self.ensure_one()
        try:
            answer = self.env['wecom.client']._call(self, 'auth/getuserinfo', code=code)
        except WeComError as error:
            raise UserError(self.env._("WeCom could not tell who you are. Open the page again. (%(code)s)", code=error.code)) from None
        userid = answer.get('userid')
        if not userid:
            raise UserError(self.env._("Only members of the corp can log in here."))
        member = self.env['wecom.member'].search(
            [('app_id.corp_id', '=', self.corp_id), ('userid_key', '=', userid.lower()), ('user_id', '!=', False)], limit=1)
        if not (member.user_id.active and member.user_id._is_internal()):
            raise UserError(self.env._(
                "Your WeCom account %(account)s is not linked to a user. Ask your administrator to choose it under WeCom, Members.",
                account=userid))
        return member.user_id

    # === PAGES INSIDE WECOM === #

    def _get_signatures(self, url):
        """Return what a page of this address needs to be the app's within WeCom: of the corp, and of the app itself.

        :raise WeComError: when a ticket can't be had
        """
        self.ensure_one()
        token = self.env['wecom.token']
        return {
            'corpId': self.corp_id, 'agentId': self.agent_id,
            'config': jssdk.sign(token._get(self, 'corp_ticket'), url), 'agentConfig': jssdk.sign(token._get(self, 'app_ticket'), url),
        }

