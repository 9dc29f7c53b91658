"""What all public pages share: headers, language, refusals, counting."""
import functools

from odoo import http
from odoo.http import request

from ..tools.errors import EsignError

STATUS = {'gone': 404, 'wait': 409, 'conflict': 409, 'code': 400, 'bad': 400, 'limit': 429, 'later': 503}

#: no script or style in the text, nothing from elsewhere, never inside another site's frame
POLICY = '; '.join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "form-action 'self'",
    "base-uri 'none'", "frame-ancestors 'none'"))
HEADERS = {
    'Content-Security-Policy': POLICY,
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'geolocation=(), camera=(), microphone=()',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Robots-Tag': 'noindex, nofollow, noarchive',
    'Cache-Control': 'no-store',
}


def meta():
    """Return what of the request becomes evidence."""
    return {'ip': request.httprequest.remote_addr, 'user_agent': str(request.httprequest.user_agent)[:500]}


def count(door, who, limit, minutes=10):
    """Count a use of a door; see `esign.rate`."""
    request.env['esign.rate'].sudo()._count(door, who, limit, minutes)


def secured(response):
    """Put the headers on an answer of any kind."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def speak(*partners):
    """Answer in the language of the browser; if we don't have it, in that of the first partner that has one of ours."""
    installed = dict(request.env['res.lang'].sudo().get_installed())
    wanted = (request.best_lang, *(partner.lang for partner in partners))
    request.update_context(lang=next((lang for lang in wanted if lang in installed), request.env.lang))


def page(template, *, status=200, brand=None, **values):
    """Render a public page."""
    values.update(brand=brand or request.env.company.sudo().name, lang=request.env.lang, csrf=request.csrf_token())
    values.setdefault('title', values['brand'])
    # not t-call-assets: its script tags carry a handler in the text, which the policy forbids
    qweb = request.env['ir.qweb']
    values['styles'] = qweb._get_asset_links('esign.assets_h5', js=False, debug=request.session.debug)
    values['scripts'] = qweb._get_asset_links('esign.assets_h5', css=False, debug=request.session.debug)
    return secured(request.make_response(qweb._render(template, values), status=status, headers=[
        ('Content-Type', 'text/html; charset=utf-8')]))


def refusal(error):
    """Turn a refusal into a page of one sentence."""
    env = request.env
    headings = {
        'gone': env._("This link does not work"), 'limit': env._("Too many requests"), 'later': env._("Not possible at the moment"),
        'wait': env._("It is not your turn yet"),
    }
    heading = headings.get(error.code) or env._("This is not possible")
    return page('esign.h5_message', status=STATUS[error.code], mark='bad', heading=heading, sentence=error.sentence)


def data(**values):
    """Answer a script."""
    return secured(request.make_json_response(values))


def page_route(*args, **routing):
    """A route that answers with a page; an `EsignError` becomes one too."""
    return _route(refusal, *args, **routing)


def data_route(*args, **routing):
    """A route that answers a script; an `EsignError` becomes ``{error, code}``."""
    def refuse(error):
        return secured(request.make_json_response({'error': error.sentence, 'code': error.code}, status=STATUS[error.code]))
    return _route(refuse, *args, **routing)


def _route(refuse, *args, **routing):
    def decorate(endpoint):
        @http.route(*args, type='http', auth='public', sitemap=False, **routing)
        @functools.wraps(endpoint)
        def door(self, **params):
            try:
                return endpoint(self, **params)
            except EsignError as error:
                return refuse(error)
        return door
    return decorate
