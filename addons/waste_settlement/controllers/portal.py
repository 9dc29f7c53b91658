from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE_SIZE = 20
MAX_REASON = 2000

# Proof of an objection: pictures of a ticket, a scan, the own list.
MAX_FILES = 5
MAX_FILE_BYTES = 5 * 1024 * 1024
FILE_TYPES = {
    "application/pdf", "image/jpeg", "image/png",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class StatementPortal(CustomerPortal):
    """The producer's own statements, by his login alone: no link with a token opens one."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        statements = request.env["waste.statement"]
        if "statement_count" in counters:
            values["statement_count"] = (
                statements.search_count(self._get_portal_domain()) if statements.has_access("read") else 0)
        return values

    @http.route(["/my/statements", "/my/statements/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_statements(self, page=1, filterby="all", **_kwargs):
        """List the statements, open ones on request."""
        statements = request.env["waste.statement"]
        if not statements.has_access("read"):
            return request.not_found()
        filters = {
            "all": {"label": request.env._("All"), "domain": []},
            "open": {"label": request.env._("To Confirm"), "domain": [("state", "=", "approved")]},
            "unpaid": {"label": request.env._("Not Paid"), "domain": [("open_amount", ">", 0)]},
        }
        filterby = filterby if filterby in filters else "all"
        domain = self._get_portal_domain() + filters[filterby]["domain"]
        total = statements.search_count(domain)
        pager = portal_pager(
            url="/my/statements", total=total, page=page, step=PAGE_SIZE, url_args={"filterby": filterby})
        found = statements.search(domain, limit=PAGE_SIZE, offset=pager["offset"])
        request.session["my_statements_history"] = found.ids
        return request.render("waste_settlement.portal_my_statements", {
            "page_name": "statement",
            # Names around the producer's own statements: contract, business, company.
            "statements": found.sudo(),
            "pager": pager,
            "default_url": "/my/statements",
            "searchbar_filters": filters,
            "filterby": filterby,
        })

    @http.route("/my/statements/<int:statement_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_statement(self, statement_id, error=None, done=None, **_kwargs):
        """Show one statement: lines with their calculation and batches, invoices, what was paid."""
        statement_sudo = self._get_statement(statement_id)
        if not statement_sudo:
            return request.not_found()
        return request.render("waste_settlement.portal_my_statement", {
            "page_name": "statement",
            "statement": statement_sudo,
            "invoices": statement_sudo.invoice_ids.filtered(lambda move: move.state == "posted").sorted("invoice_date"),
            "weighings": statement_sudo.line_ids.batch_ids._get_weighings(),
            "error": error,
            "done": done,
            "max_reason": MAX_REASON,
        })

    @http.route("/my/statements/<int:statement_id>/confirm", type="http", auth="user", website=True, methods=["POST"])
    def portal_confirm_statement(self, statement_id, **_kwargs):
        """Confirm in the name of the logged-in person."""
        return self._portal_act(statement_id, "confirmed", lambda statement: statement._confirm())

    @http.route("/my/statements/<int:statement_id>/dispute", type="http", auth="user", website=True, methods=["POST"])
    def portal_dispute_statement(self, statement_id, reason="", line_id="", **_kwargs):
        """Object to the statement or one of its lines, with a reason and proof."""
        statement_sudo = self._get_statement(statement_id)
        if not statement_sudo:
            return request.not_found()
        reason = reason.strip()[:MAX_REASON]
        if not reason:
            return request.redirect(f"/my/statements/{statement_id}?error=reason")
        files = self._read_files()
        if files is None:
            return request.redirect(f"/my/statements/{statement_id}?error=file")
        line = statement_sudo.line_ids.filtered(lambda line: str(line.id) == line_id)

        def act(statement):
            # Portal users own no attachments: these belong to the objection and are shown with it alone.
            attachments_sudo = request.env["ir.attachment"].sudo().create(files)
            statement._object(reason, line, attachments_sudo)

        return self._portal_act(statement_id, "disputed", act)

    @http.route(
        "/my/statements/<int:statement_id>/proof/<int:attachment_id>", type="http", auth="user", website=True, readonly=True)
    def portal_statement_proof(self, statement_id, attachment_id, **_kwargs):
        """Return a file that the producer sent with an objection to its statement."""
        statement_sudo = self._get_statement(statement_id)
        attachment = statement_sudo and statement_sudo.objection_ids.attachment_ids.filtered(
            lambda attachment: attachment.id == attachment_id)
        if not attachment:
            return request.not_found()
        return request.env["ir.binary"]._get_stream_from(attachment).get_response(as_attachment=True)

    @http.route("/my/statements/<int:statement_id>/xlsx", type="http", auth="user", website=True, readonly=True)
    def portal_statement_xlsx(self, statement_id, **_kwargs):
        """Return the statement with its details as a workbook."""
        statement_sudo = self._get_statement(statement_id)
        if not statement_sudo:
            return request.not_found()
        report = request.env["report.waste_settlement.statement_xlsx"].sudo().with_context(active_model="waste.statement")
        content, _kind = report.create_xlsx_report(statement_sudo.ids, {})
        return request.make_response(content, [
            ("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("Content-Disposition", http.content_disposition(f"{statement_sudo.name}.xlsx")),
        ])

    # HELPERS -------------------------------------------------------------------

    def _portal_act(self, statement_id, word, act):
        statement_sudo = self._get_statement(statement_id)
        if not statement_sudo:
            return request.not_found()
        try:
            act(statement_sudo)
        except UserError:
            # Meanwhile paid, invoiced or taken back: the page shows how it stands now.
            return request.redirect(f"/my/statements/{statement_id}?error=state")
        return request.redirect(f"/my/statements/{statement_id}?done={word}")

    def _read_files(self):
        """Return the values of the uploaded files' attachments, or None when one of them isn't acceptable."""
        uploads = [upload for upload in request.httprequest.files.getlist("files") if upload.filename]
        values = []
        for upload in uploads:
            content = upload.read(MAX_FILE_BYTES + 1)
            # What the file is, not what its name says.
            if len(uploads) > MAX_FILES or len(content) > MAX_FILE_BYTES or guess_mimetype(content) not in FILE_TYPES:
                return None
            values.append({"name": upload.filename[:200], "raw": content})
        return values

    def _get_statement(self, statement_id):
        """Return the statement in superuser mode when it is the user's own, else None: others don't exist for him."""
        if not request.env.user.has_group("base.group_portal"):
            return None
        try:
            self._document_check_access("waste.statement", statement_id)
        except (AccessError, MissingError):
            return None
        # Checked just now; superuser for the names around it, but still in the name of the person.
        return request.env["waste.statement"].browse(statement_id).sudo()

    def _get_portal_domain(self):
        # The record rule keeps other parties out; this leaves staff who look at the portal an empty list.
        return [("partner_id", "child_of", request.env.user.commercial_partner_id.ids),
                ("state", "not in", ("draft", "cancelled"))]
