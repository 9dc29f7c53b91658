import re
import unicodedata

from odoo import api, fields, models

#: what tells where a company sits or what form it has, not which one it is
PLACE = re.compile(r'^(?:[\u4e00-\u9fff]{2,3}(?:省|市|区|县))+')
FORM = re.compile(r'(?:股份|集团|有限|责任)*公司$|集团$')


def company_key(name):
    """Return a company's name as it is compared: one width, no blanks and brackets, neither place nor legal form."""
    text = re.sub(r'[\W_]+', '', unicodedata.normalize('NFKC', name or '').casefold())
    bare = FORM.sub('', text)
    return PLACE.sub('', bare) or bare or text


class ResPartner(models.Model):
    """Companies are found by their names, however these are written."""
    _inherit = 'res.partner'

    company_name_key = fields.Char("Name to compare", compute='_compute_company_name_key', store=True, index='trigram')

    @api.depends('name', 'is_company')
    def _compute_company_name_key(self):
        for partner in self:
            partner.company_name_key = company_key(partner.name) if partner.is_company else False
