from odoo import api, models

from odoo.addons.document_template.models.document_mixin import Placeholder
from odoo.addons.document_template.tools import capital


class SaleOrder(models.Model):
    """What a contract's paper may say: the only data of a contract that any wording can reach."""
    _inherit = 'sale.order'

    @api.model
    def _document_placeholders(self):
        return {
            **super()._document_placeholders(),
            'business': Placeholder(self.env._("Contract: business"), 'business_id.name'),
            'start': Placeholder(self.env._("Contract: first day"), 'date_start'),
            'end': Placeholder(self.env._("Contract: last day"), 'date_end'),
            'valid_until': Placeholder(self.env._("Quotation: valid until"), 'validity_date'),
            'signed': Placeholder(self.env._("Contract: day of signature"), 'date_signed'),
            'settlement': Placeholder(self.env._("Contract: settlement"), 'settlement_cycle'),
            'transport': Placeholder(self.env._("Contract: transport"), 'transport_mode_id.name'),
            'tax_rate': Placeholder(self.env._("Money: tax rate"), 'tax_rate_percent'),
            'total': Placeholder(self.env._("Money: planned total"), 'planned_receivable'),
            'total_capital': Placeholder(
                self.env._("Money: planned total in capitals"), lambda order: capital(order.planned_receivable)),
            'payable': Placeholder(self.env._("Money: what we pay"), 'planned_payable'),
            'lump_sum': Placeholder(self.env._("Money: lump sum a year"), 'lump_sum_amount'),
            'included_quantity': Placeholder(self.env._("Money: tonnes included in the lump sum"), 'included_quantity_t'),
            'producer.name': Placeholder(self.env._("Producer: name"), 'partner_id.commercial_partner_id.name'),
            'producer.credit_code': Placeholder(self.env._("Producer: credit code"), 'partner_id.commercial_partner_id.uscc'),
            'producer.address': Placeholder(
                self.env._("Producer: address"), lambda order: order._get_address(order.partner_id.commercial_partner_id)),
            'producer.contact': Placeholder(
                self.env._("Producer: contact"), lambda order: order._get_contact(order.partner_id).name),
            'producer.phone': Placeholder(
                self.env._("Producer: phone"), lambda order: order._get_contact(order.partner_id).phone),
            'disposer.name': Placeholder(self.env._("Disposer: name"), lambda order: order._get_disposer().name),
            'disposer.credit_code': Placeholder(self.env._("Disposer: credit code"), lambda order: order._get_disposer().uscc),
            'disposer.address': Placeholder(
                self.env._("Disposer: address"), lambda order: order._get_address(order._get_disposer())),
            'government.name': Placeholder(self.env._("Government office: name"), 'government_id.name'),
            'salesperson.name': Placeholder(self.env._("Salesperson: name"), 'user_id.name'),
            'salesperson.phone': Placeholder(self.env._("Salesperson: phone"), 'user_id.phone'),
            'invoicing.name': Placeholder(self.env._("Invoicing company: name"), 'invoicing_company_id.name'),
        }

    # PARTIES -------------------------------------------------------------------

    def _get_document_parties(self):
        self.ensure_one()
        producer = self.partner_id.commercial_partner_id
        parties = [
            {'key': 'party_a', 'role': self.env._("Party A (producer)"), 'name': producer.name,
             'rows': self._get_party_rows(producer, self.partner_id)},
            {'key': 'party_b', 'role': self.env._("Party B (disposer)"), 'name': self._get_disposer().name,
             'rows': self._get_party_rows(self._get_disposer(), self.user_id.partner_id)},
        ]
        if self.government_id:
            parties.append({
                'key': 'party_c', 'role': self.env._("Party C (authority)"), 'name': self.government_id.name,
                'rows': self._get_party_rows(self.government_id, self.government_id, has_bank=False)})
        return parties

    def _get_party_rows(self, partner, contact, has_bank=True):
        """Return (label, value) of what identifies a party."""
        contact = self._get_contact(contact)
        rows = [
            (self.env._("Unified social credit code"), partner.uscc),
            (self.env._("Address"), self._get_address(partner)),
            (self.env._("Contact"), contact.name if contact != partner else ''),
            (self.env._("Phone"), contact.phone or partner.phone),
        ]
        if has_bank:
            account = partner.bank_ids[:1]
            rows += [(self.env._("Bank"), account.bank_id.name), (self.env._("Account"), account.acc_number)]
        return rows

    def _get_disposer(self):
        return (self.disposer_id or self.company_id.partner_id).commercial_partner_id

    @api.model
    def _get_contact(self, partner):
        """Return the person to speak to: the partner, or the first contact of a company."""
        if not partner.is_company:
            return partner
        return partner.child_ids.filtered(lambda child: child.type == 'contact' and not child.is_company)[:1] or partner

    @api.model
    def _get_address(self, partner):
        return ''.join(filter(None, (partner.state_id.name, partner.city, partner.street, partner.street2)))

    # LINES ---------------------------------------------------------------------

    def _get_document_lines(self):
        return self.order_line.filtered('pricing_mode')

    def _get_document_cell(self, line, key):
        return getattr(self, f'_get_cell_{key}')(line) or ''

    def _get_cell_number(self, line):
        return str(self._get_document_lines().ids.index(line.id) + 1)

    def _get_cell_waste(self, line):
        return line.waste_name

    def _get_cell_code(self, line):
        return line.waste_code_id.code or line.category_id.code

    def _get_cell_hazards(self, line):
        return '、'.join(line.hazard_ids.mapped('name'))

    def _get_cell_form(self, line):
        return line.physical_form_id.name

    def _get_cell_packaging(self, line):
        return line.packaging_id.name

    def _get_cell_method(self, line):
        return line.disposal_method_id.display_name

    def _get_cell_quantity(self, line):
        if line.is_unlimited:
            return self.env._("as delivered")
        return self._format_document_number(line.planned_quantity_t)

    def _get_cell_price(self, line):
        """The price in words that a person reads: what, per what, who pays."""
        tiers = line._get_tiers() if line.pricing_mode in ('tier_all', 'tier_excess') else ()
        if tiers:
            return '；'.join(line._get_tier_text(tier) for tier in tiers)
        text = line._get_price_text(line.price_unit)
        return self.env._("%(price)s, paid by Party B", price=text) if line.payer == 'us' else text

    def _get_cell_mode(self, line):
        return line._get_mode_label()

    def _get_cell_amount(self, line):
        return '' if line.is_unlimited else self._format_document_number(line.price_total, 2)

    def _get_document_footnote(self):
        """The sentence on tax and total that closes the table."""
        self.ensure_one()
        sentences = [self.env._(
            "All prices include %(rate)s%% VAT.", rate=self._format_document_number(self.tax_rate_percent))]
        if self.lump_sum_amount:
            sentences.append(self.env._(
                "Lump sum a year: CNY %(amount)s, %(quantity)s t included.",
                amount=self._format_document_number(self.lump_sum_amount, 2),
                quantity=self._format_document_number(self.included_quantity_t)))
        if self.planned_receivable:
            sentences.append(self.env._(
                "Planned total: CNY %(amount)s (%(capital)s); what is weighed and accepted is settled.",
                amount=self._format_document_number(self.planned_receivable, 2), capital=capital(self.planned_receivable)))
        if self.planned_payable:
            sentences.append(self.env._(
                "Planned payment of Party B to Party A: CNY %(amount)s.",
                amount=self._format_document_number(self.planned_payable, 2)))
        return ''.join(sentences) if self.env.lang == 'zh_CN' else ' '.join(sentences)

    def _get_document_additional(self):
        return self.clause_ids


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _get_price_text(self, price):
        """Return a price with its unit, such as 2,800.00 CNY/t."""
        self.ensure_one()
        price = self.order_id._format_document_number(abs(price), 2)
        unit = self._get_pricing()._billing_uom
        if unit == 'uom.product_uom_ton':
            return self.env._("%(price)s CNY/t", price=price)
        if unit == 'uom.product_uom_kgm':
            return self.env._("%(price)s CNY/kg", price=price)
        return self.env._("%(price)s CNY (%(mode)s)", price=price, mode=self._get_mode_label())

    def _get_tier_text(self, tier):
        self.ensure_one()
        number = self.order_id._format_document_number
        price = self._get_price_text(tier.price_unit)
        if not tier.to_t:
            return self.env._("from %(from_t)s t: %(price)s", from_t=number(tier.from_t), price=price)
        return self.env._(
            "%(from_t)s–%(to_t)s t: %(price)s", from_t=number(tier.from_t), to_t=number(tier.to_t), price=price)
