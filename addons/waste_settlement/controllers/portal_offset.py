from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import MAX_REASON, StatementPortal


class OffsetPortal(StatementPortal):
    """A producer reads what is to be set off, and agrees or declines, by its own login alone."""

    @http.route()
    def portal_my_statements(self, page=1, filterby="all", **kwargs):
        response = super().portal_my_statements(page=page, filterby=filterby, **kwargs)
        if hasattr(response, "qcontext"):
            response.qcontext["offsets"] = self._get_offsets([("consent_state", "in", ("asked", "seen")), ("state", "=", "approved")])
        return response

    @http.route("/my/offsets/<int:offset_id>", type="http", auth="user", website=True)
    def portal_my_offset(self, offset_id, error=None, **_kwargs):
        """Show both sides of an offset; that it was opened is recorded."""
        offset_sudo = self._get_offsets([("id", "=", offset_id)])
        if not offset_sudo:
            return request.not_found()
        offset_sudo._mark_seen()
        return request.render("waste_settlement.portal_my_offset", {
            "page_name": "offset", "offset": offset_sudo, "error": error, "max_reason": MAX_REASON})

    @http.route("/my/offsets/<int:offset_id>/answer", type="http", auth="user", website=True, methods=["POST"])
    def portal_answer_offset(self, offset_id, answer="", reason="", **_kwargs):
        """Agree or decline, in the name of the logged-in person."""
        offset_sudo = self._get_offsets([("id", "=", offset_id)])
        if not offset_sudo or answer not in ("agree", "decline"):
            return request.not_found()
        reason = reason.strip()[:MAX_REASON]
        if answer == "decline" and not reason:
            return request.redirect(f"/my/offsets/{offset_id}?error=reason")
        try:
            offset_sudo._answer_consent(answer == "agree", reason if answer == "decline" else False)
        except UserError:
            # Cancelled or answered meanwhile: the page shows how it stands now.
            return request.redirect(f"/my/offsets/{offset_id}?error=state")
        return request.redirect(f"/my/offsets/{offset_id}")

    # HELPERS -------------------------------------------------------------------

    def _get_offsets(self, domain):
        """Return the offsets that the user's party was asked about, in superuser mode: portal users have no right on them."""
        offsets_sudo = request.env["waste.statement.offset"].sudo()
        user = request.env.user
        if not user.has_group("base.group_portal"):
            return offsets_sudo
        return offsets_sudo.search([
            *domain, ("partner_id", "child_of", user.commercial_partner_id.ids), ("consent_state", "!=", "none"),
            ("state", "in", ("approved", "posted", "reversed"))])
