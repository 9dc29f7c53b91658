# ruff: noqa: F821
"""In `odoo shell`: contracts in force of one company, each with two waste details and two batches of each in September 2026."""
PRODUCERS = 500
SLICE = 1000

company = env['res.company'].create({
    'name': '批量结算公司', 'currency_id': env.ref('base.CNY').id, 'country_id': env.ref('base.cn').id})
env.user.company_ids += company
env = env(context={**env.context, 'allowed_company_ids': company.ids, 'tracking_disable': True})
business = env.ref('waste.business_hazardous')
producers = env['res.partner'].create([{'name': f'产废单位 {number}', 'is_company': True} for number in range(PRODUCERS)])
details = [
    {'waste_name': '废活性炭', 'pricing_mode': 'unit_t', 'price_unit': 2800.0, 'planned_quantity_t': 10},
    {'waste_name': '废酸', 'pricing_mode': 'unit_kg', 'price_unit': 3.1, 'planned_quantity_t': 10},
]
number = 0
for start in range(0, arguments['contracts'], SLICE):
    contracts = env['sale.order'].create([{
        'business_id': business.id, 'company_id': company.id, 'partner_id': producers[index % PRODUCERS].id,
        'date_start': '2026-01-01', 'date_end': '2026-12-31', 'date_signed': '2025-12-20', 'contract_state': 'active',
        'settlement_cycle': 'month', 'order_line': [(0, 0, detail) for detail in details],
    } for index in range(start, min(start + SLICE, arguments['contracts']))])
    batches = []
    for line in contracts.order_line:
        for day in ('2026-09-10 02:00:00', '2026-09-20 02:00:00'):
            number += 1
            batches.append({
                **line._prepare_batch_values(f'BENCH-{number:07d}'), 'accepted_kg': 1000 + number % 777,
                'accepted_package_count': 3, 'inbound_at': day, 'state': 'stored'})
    env['waste.batch'].create(batches)
    env.cr.commit()
    env.invalidate_all()
report({'batches': number})
