from odoo import api, models
from odoo.tools import format_amount, format_date

from odoo.addons.waste.tools.language import to_language
from odoo.addons.waste_contract.tools import exact

from ..const import RECEIVED_STATES


class WasteCollection(models.Model):
    """Money that was registered by hand before another system told of it: the same transfer, not a second one."""

    _inherit = "waste.collection"

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _find_same_transfers(self, vals_list):
        """Find the collections by hand that payments of another system are about.

        Receiving company, customer, amount, currency and day must agree, bank reference and contract where both sides
        say them. With the same bank reference, amount and day of what isn't booked yet may differ: the bank is right.
        Where several collections or several payments fit, nobody can tell which is meant: none is found.

        :param vals_list: values of new payments, see `waste.statement._prepare_external_payment`
        :return: {external key: collection}
        """
        inbound = [vals for vals in vals_list if vals["payment_type"] == "inbound"]
        if not inbound:
            return {}
        waiting = self.search([
            ("is_automatic", "=", False), ("kind", "!=", "refund"), ("state", "in", ("draft", "pending", "approved")),
            "|", ("bank_ref", "in", [vals["bank_ref"] for vals in inbound if vals["bank_ref"]]),
            "&", ("date", "in", [vals["date"] for vals in inbound]), ("amount", "in", [vals["amount"] for vals in inbound]),
            "|", ("payment_id", "=", False),
            "&", ("payment_id.external_system", "=", False), ("payment_id.state", "in", RECEIVED_STATES)])
        claims = {}
        for vals in inbound:
            same = waiting.filtered(lambda collection, vals=vals: collection._is_same_transfer(vals))
            named = same.filtered("bank_ref") if vals["bank_ref"] else self.browse()
            claims[vals["external_key"]] = named or same
        found = {}
        for key, collections in claims.items():
            others = self.union(*(other for other_key, other in claims.items() if other_key != key))
            if len(collections) == 1 and collections not in others:
                found[key] = collections
        return found

    def _is_same_transfer(self, vals):
        """Tell whether a payment that another system tells of may be this collection's transfer."""
        self.ensure_one()
        contracts = self.env["waste.statement"].browse(
            [command[2]["statement_id"] for command in vals["waste_allocation_ids"]]).contract_id
        partner = self.env["res.partner"].browse(vals["partner_id"]).commercial_partner_id
        references = {vals["bank_ref"], self.bank_ref} - {False}
        return (
            self.invoicing_company_id.id == vals["company_id"] and self.currency_id.id == vals["currency_id"]
            and self.partner_id.commercial_partner_id == partner
            and len(references) < 2 and (not contracts or contracts == self.contract_id)
            and (not self._get_differences(vals["amount"], vals["date"])
                 or bool(self.bank_ref and vals["bank_ref"] and not self.payment_id)))

    def _get_differences(self, amount, date):
        """Return the names of what was typed otherwise than the bank saw it."""
        self.ensure_one()
        differs = {"amount": exact(self.amount) != exact(amount), "date": self.date != date}
        return [name for name in differs if differs[name]]

    def _adopt_payment(self, payment):
        """Let this collection be about a payment that another system keeps; whoever decides on it needn't any more."""
        self.ensure_one()
        if not self.payment_id:
            self.write({"payment_id": payment.id})
            if self.state == "draft":
                self._transition("submit")
            self._cancel_approval()
            self._transition("approve")
        self._tell_of_differences(payment)
        self.message_post(body=self.env._(
            "%(system)s tells of the same transfer as %(payment)s and keeps it from now on.",
            system=payment.external_system.upper(), payment=payment.external_key))

    def _tell_of_differences(self, payment):
        """Leave who registered the money a to-do where it was typed otherwise than the bank saw it."""
        author = self.create_uid
        env = to_language(self, author).env
        words = {
            "amount": lambda record: format_amount(env, record.amount, self.currency_id),
            "date": lambda record: format_date(env, record.date)}
        differences = [
            env._("%(field)s: typed %(typed)s, received %(seen)s", field=self._fields[name]._description_string(env),
                  typed=words[name](self), seen=words[name](payment))
            for name in self._get_differences(payment.amount, payment.date)]
        if differences:
            self.activity_schedule(
                "mail.mail_activity_data_todo", user_id=author.id, note="; ".join(differences),
                summary=env._("Bank reference %(reference)s: check what was typed", reference=payment.bank_ref))


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _keeps_allocations_by_hand(self, commands):
        """Tell whether the other system, which says nothing of statements, took over a payment that says it already."""
        return not commands and bool(self.waste_collection_ids.filtered(lambda collection: not collection.is_automatic))

    def _sync_adopted_collections(self):
        """Let collections by hand follow the payments that another system keeps by now; in superuser mode.

        Where the payment says that it is for other contracts, it has its collections of its own.

        :return: the payments whose collections are settled with that
        """
        settled = self.browse()
        for payment in self:
            by_hand = payment.waste_collection_ids.filtered(lambda collection: not collection.is_automatic)
            if by_hand and not (payment.external_system and set(payment._get_contract_shares()) - set(by_hand.contract_id)):
                settled += payment
            elif by_hand:
                by_hand.is_automatic = True
            if by_hand and payment.external_system:
                by_hand.write({"amount": payment.amount, "date": payment.date, "bank_ref": payment.bank_ref})
                by_hand._allocate_to_plan()
        return settled
