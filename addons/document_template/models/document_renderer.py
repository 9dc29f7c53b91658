from odoo import api, models
from odoo.exceptions import UserError

from ..tools import PdfError, render


class DocumentRenderer(models.AbstractModel):
    _name = 'document.renderer'
    _description = "Draws a document as PDF"

    @api.model
    def _render(self, html):
        """Draw a whole HTML document as PDF/A-3b, without network and files, within limits of time and memory.

        :param html: str; pictures as ``data:`` URLs
        :return: :class:`~odoo.addons.document_template.tools.Rendered`, with the signature places (page and box)
        :raise UserError: one sentence, when it can't be drawn
        """
        try:
            return render(str(html))
        except PdfError as error:
            raise UserError(self._get_error_sentence(error)) from None

    @api.model
    def _render_pdf(self, html):
        """Return the bytes of `_render`."""
        return self._render(html).pdf

    @api.model
    def _get_error_sentence(self, error):
        if error.reason == 'time':
            return self.env._("The document takes longer than a minute to draw. Shorten its tables, or split it.")
        if error.reason == 'memory':
            return self.env._("The document needs too much memory to be drawn. Shorten its tables, or use smaller pictures.")
        if error.reason == 'size':
            return self.env._("The document is too large to be drawn. Use smaller pictures.")
        return self.env._("The document can't be drawn: %(detail)s", detail=error.detail)
