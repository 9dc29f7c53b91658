from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

# Contracts that a producer doesn't see yet, or not any more.
HIDDEN_CONTRACTS = ("draft", "approving", "cancelled")
PACKAGES_PER_PAGE = 40
# The group works in one time zone; a producer who never chose his own reads the times of the plant.
PLANT_TIMEZONE = "Asia/Shanghai"


class WastePortal(CustomerPortal):
    """What a producer reads of its own waste, on a phone and without scripts.

    Portal users have no right on any model of this room: every page asks in superuser mode, and only for records
    whose producer is the company of the one who logged in. What isn't his doesn't exist.
    """

    _items_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "waste_count" in counters:
            values["waste_count"] = request.env["sale.order.line"].sudo().search_count(self._get_detail_domain())
        return values

    # --- what is his ---

    def _get_producer(self):
        return request.env.user.partner_id.commercial_partner_id

    def _get_detail_domain(self):
        return Domain([
            ("order_id.partner_id.commercial_partner_id", "=", self._get_producer().id),
            ("order_id.business_id", "!=", False),
            ("order_id.contract_state", "not in", HIDDEN_CONTRACTS),
            ("waste_name", "!=", False),
        ])

    def _get_batch_domain(self):
        return Domain("producer_id.commercial_partner_id", "=", self._get_producer().id)

    def _find_own(self, model, domain):
        """Return the record of superuser mode, or 404: also for what exists and belongs to somebody else."""
        record_sudo = request.env[model].sudo().search(domain, limit=1)
        if not record_sudo:
            raise NotFound
        return record_sudo.with_context(tz=request.env.user.tz or PLANT_TIMEZONE)

    def _check_is_producer(self):
        """Carriers, regulators and staff find no such page."""
        producer = self._get_producer()
        role = request.env.ref("waste.party_role_producer")
        if role not in producer.sudo().party_role_ids and not request.env["sale.order.line"].sudo().search_count(
                self._get_detail_domain(), limit=1):
            raise NotFound

    # --- pages ---

    @route(["/my/waste", "/my/waste/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_waste(self, page=1, search="", **kwargs):
        self._check_is_producer()
        search = search.strip()[:64]
        found_sudo = self._find_own_batches(search)
        if len(found_sudo) == 1:
            return request.redirect(f"/my/waste/batch/{found_sudo.id}")
        domain = self._get_detail_domain()
        if search:
            words = Domain("waste_name", "ilike", search) | Domain("order_id.name", "ilike", search)
            domain &= words | Domain("id", "in", found_sudo.contract_line_id.ids)
        details_sudo = request.env["sale.order.line"].sudo()
        pager = portal_pager(
            url="/my/waste", total=details_sudo.search_count(domain), page=page, step=self._items_per_page,
            url_args={"search": search},
        )
        details_sudo = details_sudo.search(domain, order="id desc", limit=self._items_per_page, offset=pager["offset"])
        figures = request.env["waste.batch"].sudo()._read_group(
            self._get_batch_domain() & Domain("contract_line_id", "in", details_sudo.ids),
            ["contract_line_id"], ["__count", "accepted_kg:sum", "stock_kg:sum", "inbound_at:max"],
        )
        return request.render("waste_track.portal_my_waste", {
            **self._prepare_portal_layout_values(),
            **self._prepare_words(),
            "page_name": "waste",
            "details": details_sudo,
            "figures": {line.id: values for line, *values in figures},
            "pager": pager,
            "search": search,
        })

    @route("/my/waste/detail/<int:line_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_waste_detail(self, line_id, page=1, **kwargs):
        line_sudo = self._find_own("sale.order.line", self._get_detail_domain() & Domain("id", "=", line_id))
        domain = self._get_batch_domain() & Domain("contract_line_id", "=", line_sudo.id)
        batches_sudo = request.env["waste.batch"].sudo()
        pager = portal_pager(
            url=f"/my/waste/detail/{line_sudo.id}", total=batches_sudo.search_count(domain),
            page=int(page) if str(page).isdecimal() else 1, step=self._items_per_page, url_args={},
        )
        return request.render("waste_track.portal_my_waste_detail", {
            **self._prepare_portal_layout_values(),
            **self._prepare_words(),
            "page_name": "waste",
            "detail": batches_sudo._prepare_lifecycle_detail(line_sudo.id),
            "batches": batches_sudo.search(domain, limit=self._items_per_page, offset=pager["offset"]),
            "pager": pager,
        })

    @route("/my/waste/batch/<int:batch_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_waste_batch(self, batch_id, page=1, **kwargs):
        batch_sudo = self._find_own("waste.batch", self._get_batch_domain() & Domain("id", "=", batch_id))
        data = batch_sudo._prepare_lifecycle(batch_sudo.contract_line_id.id, for_producer=True)
        pager = portal_pager(
            url=f"/my/waste/batch/{batch_sudo.id}", total=len(data["rows"]),
            page=int(page) if str(page).isdecimal() else 1, step=PACKAGES_PER_PAGE, url_args={},
        )
        return request.render("waste_track.portal_my_waste_batch", {
            **self._prepare_portal_layout_values(),
            **self._prepare_words(),
            "page_name": "waste",
            "lifecycle": data,
            "rows": data["rows"][pager["offset"]:pager["offset"] + PACKAGES_PER_PAGE],
            "package_names": {row["id"]: row["name"] for row in data["rows"]},
            "pager": pager,
        })

    def _find_own_batches(self, number):
        """Return the own batches to which a manifest, batch, package or digital code leads."""
        batches_sudo = request.env["waste.batch"].sudo()
        if not number:
            return batches_sudo
        fields_with_numbers = ("name", "manifest_ids.name", "package_ids.name", "package_ids.digital_code")
        return batches_sudo.search(
            self._get_batch_domain() & Domain.OR(Domain(field, "=", number) for field in fields_with_numbers), limit=2)

    def _prepare_words(self):
        """Return how the pages write weights and times."""
        batch = request.env["waste.batch"].with_context(tz=request.env.user.tz or PLANT_TIMEZONE)

        def show_time(text):
            """Write a UTC text as a local time; a day stays a day."""
            text = str(text or "")[:19]
            return batch._lifecycle_time(fields.Datetime.to_datetime(text)) if len(text) > 10 else text

        return {"show_kg": batch._lifecycle_kg, "show_time": show_time}
