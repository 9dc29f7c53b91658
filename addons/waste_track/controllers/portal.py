from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.waste_notice_mixin import PLANT_TIMEZONE

# Contracts that a producer doesn't see yet, or not any more.
HIDDEN_CONTRACTS = ("draft", "approving", "cancelled")
PACKAGES_PER_PAGE = 40
# What others than the producer read of a batch: what happened, never money.
PHYSICAL_STEPS = ("contract", "pickup", "storage", "disposal")
# A carrier reads of an order from the moment it was given to him.
HIDDEN_PICKUPS = ("draft", "auditing", "audit_failed", "to_dispatch")


class WastePortal(CustomerPortal):
    """What the parties read of the waste that names them, on a phone and without scripts.

    The producer reads its own waste; the government office and the disposer named in a contract read what happened to
    its waste, never its money; a carrier reads the transports given to it. Portal users have no right on any model of
    this room: every page asks in superuser mode, and only for records that name the company of the one who logged in.
    What doesn't name it doesn't exist.
    """

    _items_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if request.env.user._is_internal():
            return values
        details_sudo = request.env["sale.order.line"].sudo()
        if "waste_count" in counters:
            values["waste_count"] = details_sudo.search_count(self._get_detail_domain() & self._get_producer_domain("order_id.partner_id"))
        if "supervised_count" in counters:
            values["supervised_count"] = details_sudo.search_count(
                self._get_detail_domain() & ~self._get_producer_domain("order_id.partner_id"))
        if "transport_count" in counters:
            values["transport_count"] = request.env["waste.pickup"].sudo().search_count(self._get_transport_domain())
        return values

    # --- what names him ---

    def _get_party(self):
        """Return the company of the one who logged in.

        Staff have their own screens with their own rules: here they could be taken for their company, which disposes of
        the waste of nearly every contract.
        """
        if request.env.user._is_internal():
            raise NotFound
        return request.env.user.partner_id.commercial_partner_id

    def _get_producer_domain(self, field):
        return Domain(f"{field}.commercial_partner_id", "=", self._get_party().id)

    def _get_contract_domain(self, contract, producer):
        """Return the domain of what belongs to a contract in which the party is producer, government office or disposer."""
        return self._get_producer_domain(producer) | Domain.OR(
            self._get_producer_domain(f"{contract}.{field}") for field in ("government_id", "disposer_id"))

    def _get_detail_domain(self):
        return self._get_contract_domain("order_id", "order_id.partner_id") & Domain([
            ("order_id.business_id", "!=", False),
            ("order_id.contract_state", "not in", HIDDEN_CONTRACTS),
            ("waste_name", "!=", False),
        ])

    def _get_batch_domain(self):
        return self._get_contract_domain("contract_id", "producer_id")

    def _get_transport_domain(self):
        return Domain("state", "not in", HIDDEN_PICKUPS) & self._get_producer_domain("carrier_id")

    def _find_own(self, model, domain):
        """Return the record of superuser mode, or 404: also for what exists and belongs to somebody else."""
        record_sudo = request.env[model].sudo().search(domain, limit=1)
        if not record_sudo:
            raise NotFound
        return record_sudo.with_context(tz=request.env.user.tz or PLANT_TIMEZONE)

    def _check_is_party(self):
        """Carriers and staff find no such page."""
        if not self._is_producer() and not request.env["sale.order.line"].sudo().search_count(self._get_detail_domain(), limit=1):
            raise NotFound

    def _is_producer(self):
        return request.env.ref("waste.party_role_producer") in self._get_party().sudo().party_role_ids

    # --- pages ---

    @route(["/my/waste", "/my/waste/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_waste(self, page=1, search="", **kwargs):
        self._check_is_party()
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
            "is_producer": self._is_producer(),
            "details": details_sudo,
            "figures": {line.id: values for line, *values in figures},
            "party": self._get_party(),
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
            "is_producer": self._is_producer(),
            "detail": batches_sudo._prepare_lifecycle_detail(line_sudo.id),
            "batches": batches_sudo.search(domain, limit=self._items_per_page, offset=pager["offset"]),
            "pager": pager,
        })

    @route("/my/waste/batch/<int:batch_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_waste_batch(self, batch_id, page=1, **kwargs):
        batch_sudo = self._find_own("waste.batch", self._get_batch_domain() & Domain("id", "=", batch_id))
        data = batch_sudo._prepare_lifecycle(batch_sudo.contract_line_id.id, for_producer=True)
        if batch_sudo.producer_id.commercial_partner_id != self._get_party():
            data["progress"] = [step for step in data["progress"] if step["key"] in PHYSICAL_STEPS]
        pager = portal_pager(
            url=f"/my/waste/batch/{batch_sudo.id}", total=len(data["rows"]),
            page=int(page) if str(page).isdecimal() else 1, step=PACKAGES_PER_PAGE, url_args={},
        )
        return request.render("waste_track.portal_my_waste_batch", {
            **self._prepare_portal_layout_values(),
            **self._prepare_words(),
            "page_name": "waste",
            "is_producer": self._is_producer(),
            "lifecycle": data,
            "rows": data["rows"][pager["offset"]:pager["offset"] + PACKAGES_PER_PAGE],
            "package_names": {row["id"]: row["name"] for row in data["rows"]},
            "pager": pager,
        })

    @route(["/my/transports", "/my/transports/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_transports(self, page=1, **kwargs):
        pickups_sudo = request.env["waste.pickup"].sudo()
        domain = self._get_transport_domain()
        role = request.env.ref("waste.party_role_carrier")
        total = pickups_sudo.search_count(domain)
        if not total and role not in self._get_party().sudo().party_role_ids:
            raise NotFound
        pager = portal_pager(url="/my/transports", total=total, page=page, step=self._items_per_page)
        return request.render("waste_track.portal_my_transports", {
            **self._prepare_portal_layout_values(),
            **self._prepare_words(),
            "page_name": "transports",
            "pickups": pickups_sudo.search(
                domain, order="planned_at desc, id desc", limit=self._items_per_page, offset=pager["offset"]),
            "pager": pager,
        })

    @route("/my/transports/<int:pickup_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_transport(self, pickup_id, **kwargs):
        pickup_sudo = self._find_own("waste.pickup", self._get_transport_domain() & Domain("id", "=", pickup_id))
        return request.render("waste_track.portal_my_transport", {
            **self._prepare_portal_layout_values(),
            **self._prepare_words(),
            "page_name": "transports",
            "pickup": pickup_sudo,
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
