from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# States of an order that a dispatcher still has to bring on the road, and those where the waste has left the producer.
WAITING = ("draft", "auditing", "audit_failed", "to_dispatch", "dispatched", "on_site")
GONE = ("loaded", "confirmed", "in_transit", "arrived", "weighed", "done")
# The columns a dispatcher sees on an empty board.
BOARD = ("to_dispatch", "dispatched", "loaded", "in_transit", "arrived")
# A vehicle can't be at two producers within this time.
SAME_TIME = timedelta(minutes=30)


class WastePickup(models.Model):
    """What the dispatcher does with a pickup order, and what stands in the way."""

    _inherit = "waste.pickup"

    state = fields.Selection(group_expand="_group_expand_board")
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    is_manifest_missing = fields.Boolean(
        "Manifest Missing", compute="_compute_is_manifest_missing", search="_search_is_manifest_missing",
        help="The waste has left the producer, its business needs transfer manifests, and there is none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("planned_at", "state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for pickup in self:
            pickup.is_overdue = bool(pickup.planned_at) and pickup.planned_at < now and pickup.state in WAITING

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("planned_at", "<", fields.Datetime.now()) & fields.Domain("state", "in", WAITING)
        return overdue if True in value else ~overdue

    @api.depends("state", "business_id.needs_manifest", "manifest_ids")
    def _compute_is_manifest_missing(self):
        for pickup in self:
            pickup.is_manifest_missing = (
                pickup.state in GONE and pickup.business_id.needs_manifest and not pickup.manifest_ids
            )

    def _search_is_manifest_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = fields.Domain([
            ("state", "in", GONE), ("business_id.needs_manifest", "=", True), ("manifest_ids", "=", False),
        ])
        return missing if True in value else ~missing

    def _group_expand_board(self, states, domain):
        return [key for key, _label in self._fields["state"].selection if key in BOARD or key in states]

    # === ONCHANGE METHODS === #

    @api.onchange("contract_id")
    def _onchange_contract_id(self):
        if self.contract_id:
            self.producer_id = self.contract_id.partner_id
            self.business_id = self.contract_id.business_id
            self.company_id = self.contract_id.company_id
            self.is_contract_pending = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].next_by_code("waste.pickup") or "/"
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for pickup in self:
            if pickup.state not in ("draft", "audit_failed"):
                raise UserError(self.env._(
                    "Pickup %(pickup)s has begun and is kept; cancel it instead.", pickup=pickup.name))

    # === ACTION METHODS === #

    def action_submit(self):
        self._check_guard("_submit_error")
        return self._transition("submit") and True

    def action_approve(self):
        self._check_guard("_submit_error")
        return self._transition("approve") and True

    def action_reject(self):
        return self._transition("reject") and True

    def action_dispatch(self):
        self._check_guard("_submit_error")
        self._check_guard("_dispatch_error")
        return self._transition("dispatch", dispatched_at=fields.Datetime.now()) and True

    def action_arrive_at_producer(self):
        return self._transition("arrive_at_producer") and True

    def action_load(self):
        return self._transition("load", loaded_at=fields.Datetime.now()) and True

    def action_confirm(self):
        return self._transition("confirm", producer_confirmed_at=fields.Datetime.now()) and True

    def action_depart(self):
        return self._transition("depart") and True

    def action_arrive(self):
        return self._transition("arrive", arrived_at=fields.Datetime.now()) and True

    def action_finish(self):
        return self._transition("finish", done_at=fields.Datetime.now()) and True

    def action_fail(self):
        return self._transition("fail") and True

    def action_cancel(self):
        """Open the dialog that takes the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Pickup Orders"),
            "res_model": "waste.pickup.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_pickup_ids": self.ids},
        }

    def action_open_batches(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_track.waste_batch_action")
        return {**action, "domain": [("pickup_id", "=", self.id)], "context": {}}

    def action_open_lifecycle(self):
        """Open the life-cycle page: of the only batch, or of the choice between several."""
        self.ensure_one()
        if len(self.batch_ids) == 1:
            return self.batch_ids.action_open_lifecycle()
        return self.env["waste.batch"]._get_lifecycle_action(text=self.name)

    # === BUSINESS METHODS === #

    def _check_guard(self, guard):
        for pickup in self:
            error = getattr(pickup, guard)()
            if error:
                raise UserError(error)

    def _submit_error(self):
        """Return why the order can't be carried out under its contract, or False (I-29)."""
        if self.is_contract_pending:
            return False
        contract = self.contract_id
        if not contract:
            return self.env._(
                "Pickup %(pickup)s has no contract; choose one, or mark it as contract pending.", pickup=self.name)
        if contract.contract_kind == "framework":
            return self.env._(
                "Pickup %(pickup)s: %(contract)s is a framework contract; choose one of its orders.",
                pickup=self.name, contract=contract.name)
        if contract.contract_state != "active":
            return self.env._(
                "Pickup %(pickup)s: contract %(contract)s is not active; activate it, or choose another one.",
                pickup=self.name, contract=contract.name)
        day = fields.Datetime.context_timestamp(self, self.planned_at).date()
        if (contract.date_start and day < contract.date_start) or (contract.date_end and day > contract.date_end):
            return self.env._(
                "Pickup %(pickup)s is planned outside the period of contract %(contract)s; change the day, or renew it.",
                pickup=self.name, contract=contract.name)
        # Of an order without batches yet, any waste of the contract may be loaded.
        details = self.batch_ids.contract_line_id or contract.order_line.filtered("pricing_mode")
        ended = details - details._filter_agreed_on(day)
        if ended and (self.batch_ids or ended == details):
            return self.env._(
                "Pickup %(pickup)s: contract %(contract)s does not agree on %(waste)s for that day, because an agreement ended "
                "or adds it; change the day, or agree on it.",
                pickup=self.name, contract=contract.name, waste=ended[0].waste_name)
        return False

    def _dispatch_error(self):
        """Return why the order can't be given to its vehicle, or False."""
        if not self.carrier_id or not self.vehicle_plate:
            return self.env._(
                "Pickup %(pickup)s has no carrier or no plate; fill in both before you dispatch it.", pickup=self.name)
        if not self.business_id.needs_manifest:
            # Kitchen and industrial rounds: one vehicle, many producers, no dangerous-goods licence.
            return False
        day = fields.Datetime.context_timestamp(self, self.planned_at).date()
        licences = self.carrier_id.licence_ids.filtered(lambda licence: licence.kind == "road_transport")
        if not licences._valid_on(day):
            return self.env._(
                "Pickup %(pickup)s: carrier %(carrier)s has no transport licence for that day; choose another carrier, "
                "or record its licence.",
                pickup=self.name, carrier=self.carrier_id.display_name)
        other = self.search([
            ("id", "!=", self.id),
            ("vehicle_plate", "=", self.vehicle_plate),
            ("producer_id", "!=", self.producer_id.id),
            ("state", "in", ("dispatched", "on_site", "loaded", "confirmed", "in_transit")),
            ("planned_at", ">", self.planned_at - SAME_TIME),
            ("planned_at", "<", self.planned_at + SAME_TIME),
        ], limit=1)
        if other:
            return self.env._(
                "Pickup %(pickup)s: vehicle %(plate)s is at %(producer)s then (%(other)s); choose another vehicle or time.",
                pickup=self.name, plate=self.vehicle_plate, producer=other.producer_id.display_name, other=other.name)
        return False
