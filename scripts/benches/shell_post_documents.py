# ruff: noqa: F821
"""In `odoo shell`: post, pay and match the invoices and payments of the feed once more, without what our rooms add."""
import time
from collections import defaultdict

from odoo.fields import Command

moves = env['account.move'].search([('waste_statement_id', '!=', False), ('state', '=', 'posted')], order='id')
payments = env['account.payment'].search([('waste_allocation_ids', '!=', False)], order='id')

invoices = defaultdict(list)
for move in moves:
    invoices[move.company_id].append((move, {
        'move_type': move.move_type,
        'partner_id': move.partner_id.id,
        'invoice_date': move.invoice_date,
        'date': move.date,
        'invoice_date_due': move.invoice_date_due,
        'invoice_line_ids': [
            Command.create({
                'name': line.name, 'quantity': 1, 'price_unit': line.price_unit, 'tax_ids': [Command.set(line.tax_ids.ids)],
            }) for line in move.invoice_line_ids],
    }))
transfers = [{
    'payment_type': payment.payment_type,
    'partner_type': payment.partner_type,
    'partner_id': payment.partner_id.id,
    'company_id': payment.company_id.id,
    'journal_id': payment.journal_id.id,
    'amount': payment.amount,
    'date': payment.date,
} for payment in payments]
#: which of the invoices each payment pays
paid = [payment.waste_allocation_ids.statement_id.invoice_ids & moves for payment in payments]
env.flush_all()
env.invalidate_all()

started = time.perf_counter()
twins = {}
for company, rows in invoices.items():
    created = env['account.move'].with_company(company).create([vals for _move, vals in rows])
    created.action_post()
    twins.update(zip([move for move, _vals in rows], created))
booked = env['account.payment'].create(transfers)
booked.action_post()
open_lines = [
    (payment.move_id.line_ids + env['account.move'].concat(*(twins[move] for move in group)).line_ids).filtered(
        lambda line: line.account_id.account_type in ('asset_receivable', 'liability_payable') and not line.reconciled)
    for payment, group in zip(booked, paid) if group]
env['account.move.line']._reconcile_plan(open_lines)
env.cr.commit()
report({'documents': len(moves) + len(payments), 'seconds': time.perf_counter() - started})
