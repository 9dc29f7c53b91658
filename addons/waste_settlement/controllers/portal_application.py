from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import StatementPortal

MAX_LENGTH = 200
# What a customer may type for his own fapiao; the rest is kept on his card by the staff.
DATA_FIELDS = ("fapiao_title", "fapiao_tax_no", "fapiao_email", "fapiao_mobile")


class ApplicationPortal(StatementPortal):
    """A producer asks for the invoice of a statement it confirmed, and fetches the fapiao."""

    @http.route("/my/statements/<int:statement_id>/apply-invoice", type="http", auth="user", website=True, methods=["POST"])
    def portal_apply_invoice(self, statement_id, fapiao_kind="ordinary", **data):
        """Apply for the invoice of what isn't invoiced yet, in the name of the logged-in person."""
        statement_sudo = self._get_statement(statement_id)
        if not statement_sudo:
            return request.not_found()
        values = {name: data[name].strip()[:MAX_LENGTH] for name in DATA_FIELDS if (data.get(name) or "").strip()}
        try:
            with request.env.cr.savepoint():
                application_sudo = statement_sudo.env["waste.invoice.application"].create({
                    **values, "statement_id": statement_sudo.id, "is_from_portal": True,
                    "fapiao_kind": "special" if fapiao_kind == "special" else "ordinary"})
                application_sudo._submit()
        except UserError as error:
            # Above the amount, a wrong taxpayer number: the sentence says which.
            request.session["waste_apply_error"] = str(error)
            return request.redirect(f"/my/statements/{statement_id}?error=invoice#apply_invoice")
        return request.redirect(f"/my/statements/{statement_id}?done=applied")

    @http.route("/my/fapiao/<int:application_id>", type="http", auth="user", readonly=True)
    def portal_fapiao(self, application_id, **_kwargs):
        """Download the PDF of an issued fapiao of the own party."""
        # Portal users have no right on applications; the party decides here.
        application_sudo = request.env["waste.invoice.application"].sudo().browse(application_id).exists()
        party = request.env.user.commercial_partner_id
        if not (
                application_sudo.state in ("issued", "archived") and application_sudo.fapiao_pdf
                and application_sudo.party_id.commercial_partner_id == party):
            return request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(
            application_sudo, "fapiao_pdf", filename=application_sudo.fapiao_pdf_name, mimetype="application/pdf")
        return stream.get_response(as_attachment=True)
