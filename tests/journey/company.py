"""A group of waste companies before its first message: what an administrator sets up by hand, done over RPC."""
import time
import xmlrpc.client
from dataclasses import dataclass

from . import feed
from .clients import Rpc, make_key

PASSWORD = 'journey-2026'
INTEGRATOR = 'wim'


@dataclass(frozen=True)
class Keys:
    """API keys of the administrator and of WIM's technical user; they work in every copy of the database."""
    admin: str
    wim: str


def set_up(url, db):
    """Make the three companies, their businesses, teams, salespeople and the technical user.

    :return: `Keys`
    """
    rpc = Rpc(url, db)
    _stop_calendar(rpc)
    companies = _companies(rpc)
    _let_administrator_see(rpc, companies)
    teams = _teams(rpc)
    _businesses(rpc, companies, teams)
    _salespeople(rpc, companies)
    user(rpc, INTEGRATOR, 'WIM', ['waste.group_wim_integrator'], companies)
    return Keys(make_key(url, db, 'admin', 'admin', 'journeys'), make_key(url, db, INTEGRATOR, PASSWORD, 'door'))


def _stop_calendar(rpc):
    """Switch off what warns and expires by today's date: the feed's days are fixed, those of the test run are not."""
    for job in ('waste.ir_cron_licence_warning', 'waste_contract.ir_cron_contract_calendar'):
        for tries_left in reversed(range(30)):
            try:
                rpc('ir.cron', 'write', [rpc.ref(job)], {'active': False})
                break
            except xmlrpc.client.Fault:  # it is running just now
                if not tries_left:
                    raise
                time.sleep(1)


def user(rpc, login, name, groups, companies, **values):
    """Make a user of these groups (xml ids) who may act for ``companies``, in the first of them.

    :param companies: {company code: id}
    """
    return rpc('res.users', 'create', _user_values(rpc, login, name, groups, companies, password=PASSWORD, **values))


def _user_values(rpc, login, name, groups, companies, **values):
    ids = list(companies.values())
    return {
        'name': name, 'login': login, 'company_id': ids[0], 'company_ids': [(6, 0, ids)],
        'group_ids': [(6, 0, [rpc.ref(group) for group in groups])], **values,
    }


def _companies(rpc):
    """The country brings the chart of accounts."""
    china, yuan = rpc.ref('base.cn'), rpc.ref('base.CNY')
    rpc('res.currency', 'write', [yuan], {'active': True})
    ids = rpc('res.company', 'create', [
        {'name': row['name'], 'company_code': row['company_code'], 'country_id': china, 'currency_id': yuan}
        for row in feed.table('companies')
    ])
    assert {row['chart_template'] for row in rpc('res.company', 'read', ids, fields=['chart_template'])} == {'cn'}
    return dict(zip((row['company_code'] for row in feed.table('companies')), ids))


def _let_administrator_see(rpc, companies):
    groups = ['waste.group_admin', 'account.group_account_manager', 'base.group_multi_company']
    rpc('res.users', 'write', [rpc.uid], {
        'company_ids': [(4, company) for company in companies.values()],
        'group_ids': [(4, rpc.ref(group)) for group in groups],
    })


def _teams(rpc):
    return {
        name: rpc('crm.team', 'create', {'name': name, 'company_id': False})
        for name in dict.fromkeys(row['team'] for row in feed.table('salespeople'))
    }


def _businesses(rpc, companies, teams):
    leading = {'hazardous': '危废一部', 'industrial': '一般固废餐厨部', 'kitchen': '一般固废餐厨部'}
    for row in feed.table('companies'):
        business = rpc.one('waste.business', [('code', '=', row['business_type'])])
        company = companies[row['company_code']]
        rpc('waste.business', 'write', [business], {
            'company_id': company, 'invoicing_company_id': company, 'team_id': teams[leading[row['business_type']]]})


def _salespeople(rpc, companies):
    rpc('res.users', 'create', [
        _user_values(
            rpc, row['sales_code'].lower(), row['name'], ['waste.group_salesperson'], companies,
            external_system='wim_sales', external_key=row['sales_code'])
        for row in feed.table('salespeople')
    ])
