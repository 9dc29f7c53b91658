import io

from odoo import models


class IrActionsReport(models.Model):
    _inherit = 'ir.actions.report'

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Odoo's printed quotation of a contract is the contract's own paper: on the portal, by mail and in print."""
        ids = [res_ids] if isinstance(res_ids, int) else res_ids
        orders = self.env['sale.order'].browse(ids) if ids and self._is_sale_order_report(report_ref) else None
        contracts = orders and orders.filtered('business_id')
        if not contracts:
            return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        papers = [contract._get_document_pdf() for contract in contracts]
        if orders - contracts:
            papers.append(super()._render_qweb_pdf(report_ref, res_ids=(orders - contracts).ids, data=data)[0])
        if len(papers) == 1:
            return papers[0], 'pdf'
        with self._merge_pdfs([io.BytesIO(paper) for paper in papers]) as merged:
            return merged.getvalue(), 'pdf'
