from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.waste_contract.tools import exact

from ..const import RECEIVED_STATES
from .waste_payment_plan import WAYS

KINDS = [
    ("payment", "Payment"),
    ("deposit", "Deposit"),
    ("refund", "Refund"),
]

STATES = [
    ("draft", "Draft"),
    ("rejected", "Returned"),
    ("pending", "In Approval"),
    ("approved", "Approved"),
    ("reversed", "Reversed"),
]
# A contract gets money from its approval on.
CONTRACT_STATES = ("customer_review", "gov_review", "signing", "active", "expired", "terminated")


class WasteCollection(models.Model):
    """Money that one contract got (回款).

    Registered by hand it becomes a payment in the books when finance approves (``waste_collection_booking.py``).
    What WIM or Odoo's own payment dialogue books becomes a collection by itself, one for each contract it pays.
    """

    _name = "waste.collection"
    _description = "Collection"
    _inherit = ["waste.money.document"]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "contract_id.name", "partner_id.name", "bank_ref"]
    _check_company_auto = True

    _transitions = {
        "submit": (("draft", "rejected"), "pending"),
        "approve": (("pending",), "approved"),
        "reject": (("pending",), "rejected"),
        "reverse": (("approved",), "reversed"),
    }
    _finance_states = ("rejected", "approved", "reversed")
    _state_to = ["approved"]
    _cancel_state = "reversed"
    _sealed_from = dict.fromkeys((
        "name", "partner_id", "contract_id", "kind", "amount", "currency_id", "date", "way", "bank_ref",
        "is_oldest_first", "company_id", "invoicing_company_id",
    ), "pending")

    name = fields.Char("Collection No.", readonly=True, copy=False, index="trigram")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="restrict", tracking=True)
    contract_id = fields.Many2one(
        "sale.order", "Contract", required=True, index=True, ondelete="restrict", check_company=True, tracking=True,
        domain="[('business_id', '!=', False), '|', ('partner_id', '=?', partner_id), ('government_id', '=?', partner_id), "
               f"('contract_state', 'in', {CONTRACT_STATES})]")
    kind = fields.Selection(KINDS, default="payment", required=True, tracking=True)
    amount = fields.Monetary(required=True, tracking=True)
    date = fields.Date("Received on", required=True, default=fields.Date.context_today, index=True, tracking=True)
    way = fields.Selection(WAYS, default="transfer", required=True, tracking=True)
    bank_ref = fields.Char("Bank Reference", copy=False, tracking=True, help="The bank's own number of the transfer.")
    note = fields.Char("Remark")
    state = fields.Selection(STATES, required=True, default="draft", index=True, tracking=True, copy=False, group_expand=True)
    is_automatic = fields.Boolean(
        "From a Payment", readonly=True, copy=False, help="Follows from a payment that was booked: by WIM or on an invoice.")

    plan_id = fields.Many2one(
        "waste.payment.plan", "Instalment", index="btree_not_null", ondelete="restrict", tracking=True,
        domain="[('contract_id', '=', contract_id), ('state', '!=', 'paid')]", copy=False,
        help="The first instalment that this money pays; what is left pays the following ones. Empty: none yet.")
    allocation_ids = fields.One2many("waste.payment.plan.allocation", "collection_id", "Instalments Paid", copy=False)
    is_oldest_first = fields.Boolean(
        "Pay Oldest Invoices", default=True,
        help="On approval the money pays the oldest open statements and invoices of the contract. Unticked, it is matched by hand.")
    payment_id = fields.Many2one(
        "account.payment", "Payment", readonly=True, index="btree_not_null", ondelete="restrict", copy=False)
    payment_name = fields.Char("Payment No.", related="payment_id.name", compute_sudo=True)
    is_counted = fields.Boolean("Counted", compute="_compute_counted", store=True, compute_sudo=True)
    counted_amount = fields.Monetary(
        "Collected", compute="_compute_counted", store=True, compute_sudo=True,
        help="What counts as collected: approved and booked, refunds less than 0.")
    unlinked_amount = fields.Monetary("Not Linked", compute="_compute_unlinked_amount", store=True)

    business_id = fields.Many2one(
        "waste.business", "Business", related="contract_id.business_id", store=True, index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", "Salesperson", related="contract_id.user_id", store=True, index="btree_not_null")
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    invoicing_company_id = fields.Many2one("res.company", "Receiving Company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "A collection with this number exists already.")
    _amount_positive = models.Constraint("CHECK(amount > 0)", "A collection is more than 0; money paid back is a refund.")
    _bank_ref_uniq = models.UniqueIndex(
        "(bank_ref) WHERE bank_ref IS NOT NULL AND NOT is_automatic AND state NOT IN ('rejected', 'reversed')",
        "Another collection already has this bank reference: a transfer is registered once.")
    _payment_contract_uniq = models.UniqueIndex(
        "(payment_id, contract_id) WHERE payment_id IS NOT NULL", "The payment has a collection for this contract already.")
    _default_order_idx = models.Index("(date DESC, id DESC)")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("amount", "kind", "state", "payment_id.state")
    def _compute_counted(self):
        for collection in self:
            collection.is_counted = collection.state == "approved" and collection.payment_id.state in RECEIVED_STATES
            sign = -1 if collection.kind == "refund" else 1
            collection.counted_amount = sign * collection.amount if collection.is_counted else 0.0

    @api.depends("amount", "kind", "allocation_ids.amount")
    def _compute_unlinked_amount(self):
        for collection in self:
            linked = collection.allocation_ids._get_amount_sum()
            collection.unlinked_amount = 0.0 if collection.kind == "refund" else float(exact(collection.amount) - linked)

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("partner_id", "contract_id", "plan_id")
    def _check_contract(self):
        for collection in self:
            contract = collection.contract_id
            if not contract.business_id:
                raise ValidationError(self.env._(
                    "%(contract)s is not a waste contract: choose the contract that the money is for.", contract=contract.name))
            if collection.partner_id.commercial_partner_id not in contract._get_paying_parties():
                raise ValidationError(self.env._(
                    "Contract %(contract)s is with %(party)s, not with %(customer)s: choose one of this customer's contracts.",
                    contract=contract.name, party=contract.partner_id.display_name,
                    customer=collection.partner_id.display_name))
            if contract.contract_state not in CONTRACT_STATES:
                raise ValidationError(self.env._(
                    "Contract %(contract)s is “%(state)s”: collections are registered once it is approved.",
                    contract=contract.name, state=contract._waste_state_label(contract.contract_state)))
            if collection.plan_id and collection.plan_id.contract_id != contract:
                raise ValidationError(self.env._(
                    "%(plan)s is of another contract than %(contract)s.",
                    plan=collection.plan_id.display_name, contract=contract.name))

    @api.constrains("contract_id", "currency_id")
    def _check_currency(self):
        for collection in self:
            agreed = collection.contract_id.currency_id
            if collection.currency_id != agreed:
                raise ValidationError(self.env._(
                    "Collection %(collection)s is in %(currency)s, but contract %(contract)s is in %(agreed)s: "
                    "amounts of two currencies are never added up.",
                    collection=collection.name, currency=collection.currency_id.name, contract=collection.contract_id.name,
                    agreed=agreed.name))

    # ONCHANGE ------------------------------------------------------------------

    @api.onchange("contract_id")
    def _onchange_contract_id(self):
        contract = self.contract_id
        if contract:
            self.update(self._prepare_contract_values(contract))
        if self.plan_id.contract_id != contract:
            self.plan_id = False

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        prepared = []
        for vals in vals_list:
            contract = self.env["sale.order"].browse(vals.get("contract_id"))
            if not contract:
                raise UserError(self.env._("A collection belongs to a contract of the customer: choose the contract."))
            prepared.append({**self._prepare_contract_values(contract), **vals})
        self._draw_numbers(prepared)
        self._refuse_booked_references([vals for vals in prepared if not vals.get("is_automatic")])
        return super().create(prepared)

    @api.model
    def _draw_numbers(self, vals_list):
        """Number the new collections that have no number, by their days."""
        nameless = [vals for vals in vals_list if not vals.get("name")]
        days = [fields.Date.to_date(vals.get("date")) or fields.Date.context_today(self) for vals in nameless]
        for vals, number in zip(nameless, self.env["ir.sequence"]._draw_many("waste.collection", days), strict=True):
            vals["name"] = number

    def write(self, vals):
        reference = vals.get("bank_ref")
        if reference and any(
                not collection.is_automatic and reference not in (collection.bank_ref, collection.sudo().payment_id.bank_ref)
                for collection in self):
            self._refuse_booked_references([vals])
        result = super().write(vals)
        if "plan_id" in vals:
            self.filtered(lambda collection: collection.state == "approved")._allocate_to_plan()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for collection in self:
            if collection.state not in ("draft", "rejected") and not (collection.is_automatic and self.env.su):
                raise UserError(self.env._(
                    "Collection %(collection)s is “%(state)s” and can not be deleted: reverse it instead.",
                    collection=collection.name, state=collection._waste_state_label(collection.state)))

    @api.ondelete(at_uninstall=False)
    def _log_deletion(self):
        """Who deleted what was registered by hand stays to be read at its contract."""
        for collection in self.filtered(lambda collection: not collection.is_automatic):
            # Whoever registers money needn't be allowed to write on the contract.
            collection.contract_id.sudo()._message_log(
                body=self.env._(
                    "Collection %(collection)s over %(amount).2f was deleted.", collection=collection.name, amount=collection.amount),
                author_id=self.env.user.partner_id.id)

    @api.model
    def _prepare_contract_values(self, contract):
        return {
            "partner_id": contract.partner_id.id,
            "company_id": contract.company_id.id,
            "invoicing_company_id": (contract.invoicing_company_id or contract.company_id).id,
            "currency_id": contract.currency_id.id,
        }

    @api.model
    def _refuse_booked_references(self, vals_list):
        """Raise when a transfer is registered or booked already (I-34), from whichever account it came."""
        references = [vals["bank_ref"] for vals in vals_list if vals.get("bank_ref")]
        if not references:
            return
        # Also what other companies and salespeople registered.
        known = self.sudo().search([
            ("bank_ref", "in", references), ("state", "not in", ("rejected", "reversed"))])
        numbers = {collection.bank_ref: collection.name for collection in known}
        for reference in references:
            if reference in numbers or references.count(reference) > 1:
                raise ValidationError(self.env._(
                    "Bank reference %(reference)s is registered already, with collection %(collection)s: a transfer counts once.",
                    reference=reference, collection=numbers.get(reference, "-")))
        self.env["account.payment"]._refuse_booked_references(references)

    # ACTION --------------------------------------------------------------------

    def action_reverse(self):
        """Take the booking back: the money was somebody else's, or bounced."""
        self.check_access("write")
        for collection in self.filtered(lambda collection: collection.is_automatic or collection.sudo().payment_id.external_system):
            raise UserError(self.env._(
                "Collection %(collection)s follows from payment %(payment)s: take that back instead.",
                collection=collection.name, payment=collection.payment_name))
        self._transition("reverse")
        self._unbook()
        return True

    def action_view_payment(self):
        """Open the payment in the books."""
        self.check_access("read")
        return self.env["waste.statement"]._get_documents_action(
            "waste_settlement.account_payment_action", "account.payment", self.sudo().payment_id)

    # CHECKS --------------------------------------------------------------------

    def _check_sealed(self, vals):
        """Automatic ones follow their payment, and so do those whose payment another system keeps."""
        following = self.filtered(
            lambda collection: collection.is_automatic or collection.payment_id.external_system) if self.env.su else self.browse()
        super(WasteCollection, self - following)._check_sealed(vals)
