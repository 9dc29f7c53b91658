import json
from base64 import b64encode

from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import api, models
from odoo.tools import format_datetime


class EsignEvidenceReport(models.AbstractModel):
    """What a court or a party wants to know about one envelope, as a document of its own."""

    _name = 'esign.evidence.report'
    _description = "Evidence report"

    @api.model
    def _render(self, envelope):
        """Draw the report of ``envelope``.

        :return: bytes, PDF; all facts of the events, no phone number, no handwriting, no link
        """
        lang = 'zh_CN' if 'zh_CN' in dict(self.env['res.lang'].get_installed()) else self.env.lang
        envelope = envelope.sudo().with_context(lang=lang, tz='Asia/Shanghai')
        html = envelope.env['ir.qweb']._render(
            'esign.evidence_report',
            {
                'envelope': envelope,
                'signers': envelope.signer_ids,
                'revisions': envelope.revision_ids,
                'events': envelope.event_ids,
                'seals': envelope.env['esign.seal.use'].search([('envelope_id', '=', envelope.id)], order='id'),
                'anchors': envelope.env['esign.anchor'].search([('envelope_id', '=', envelope.id)]),
                'verify_url': self._get_verify_url(envelope),
                'verify_code': self._get_verify_code(envelope),
                'moment': lambda value: (
                    format_datetime(envelope.env, value, tz='Asia/Shanghai', dt_format='yyyy-MM-dd HH:mm:ss') if value else ''
                ),
                'facts': lambda event: json.dumps(event.payload, ensure_ascii=False, sort_keys=True, indent=None) if event.payload else '',
                'label': lambda record, field: dict(record._fields[field]._description_selection(envelope.env)).get(record[field], ''),
                'language': (lang or 'en_US').replace('_', '-'),
            },
        )
        return self.env['document.renderer']._render_pdf(f'<!DOCTYPE html>{html}')

    @api.model
    def _get_verify_url(self, envelope):
        """Return where anybody holding the paper finds out whether the file is the registered one."""
        return f'{envelope.get_base_url()}/sign/verify/{envelope.uuid}'

    @api.model
    def _get_verify_code(self, envelope):
        """Return that address as a QR code, a data URL: the renderer fetches nothing."""
        drawing = createBarcodeDrawing('QR', value=self._get_verify_url(envelope), width=100, height=100, barLevel='M')
        return f'data:image/svg+xml;base64,{b64encode(renderSVG.drawToString(drawing).encode()).decode()}'
