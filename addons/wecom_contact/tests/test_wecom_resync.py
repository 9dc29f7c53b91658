from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom_contact.models import wecom_resync_difference

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomResync(ContactCase):

    def setUp(self):
        super().setUp()
        self.control('clock', advance=-86400)  # customers from before the app was set up: no leads, and old enough to be missed

    def customers(self, count, userid='LiNa'):
        return self.control('customers', count=count, userid=userid)['external_userid']

    def here(self, state='active'):
        return {(relation.member_id.userid.lower(), relation.contact_id.external_userid) for relation in self.env['wecom.relation'].search(
            [('app_id', '=', self.app.id), ('state', '=', state)])}

    def there(self):
        return {(row['userid'].lower(), row['external_userid']) for row in self.seen('state')['relations']}

    def calls(self):
        return self.called().count('externalcontact/batch/get_by_user')

    def test_s0_g1_a_a_sync_maps_members_and_links_customers_a_second_creates_nothing(self):
        for userid in ('ChenHao', 'XiaoZhou', 'GuanLi'):
            self.act('leaves', userid=userid)
        self.app.has_address_book = True
        zhang = new_test_user(self.env, login='zhangwei.sync', groups='sales_team.group_sale_salesman')
        zhang.login = 'ZhangWei'
        china = self.env.ref('base.cn').id
        wang, li, zhao = self.env['res.partner'].create([
            {'name': name, 'phone': phone, 'country_id': china}
            for name, phone in (('王女士', '13800138001'), ('李经理', '13800138002'), ('赵总', False))])
        externals = [self.friend(name, userid=userid) for name, userid in (('王', 'LiNa'), ('李', 'ZhangWei'), ('赵', 'ZhangWei'))]
        for external, userid, mobile in zip(externals, ('LiNa', 'ZhangWei'), ('13800138001', '13800138002')):
            self.act('member_edits', userid=userid, external_userid=external, remark_mobiles=[mobile])
        unionid = self.seen('state')['customers'][externals[2]]['unionid']
        self.env['wecom.contact'].create(
            {'app_id': self.make_app('1000003').id, 'external_userid': 'wmother', 'name': '赵', 'unionid': unionid, 'partner_id': zhao.id})
        self.env.flush_all()

        for _time in range(2):
            self.app._sync_members()
            self.run_resync()
            members = self.env['wecom.member'].search([('app_id', '=', self.app.id)])
            contacts = self.env['wecom.contact'].search([('app_id', '=', self.app.id)])
            self.assertEqual({member.userid: member.user_id for member in members}, {'LiNa': self.lina, 'ZhangWei': zhang})
            self.assertEqual({contact.external_userid: contact.partner_id for contact in contacts},
                             dict(zip(externals, (wang, li, zhao))))
        self.assertEqual(self.env['wecom.resync'].search([('app_id', '=', self.app.id)]).mapped('new_count'), [0, 3])

    def test_check_06_after_it_all_is_as_wecom_has_it_with_the_fewest_calls(self):
        self.customers(150)
        shared = self.customers(101, 'ZhangWei')[0]
        self.friend(userid='LiNa', external_userid=shared)
        resync = self.run_resync()

        self.assertEqual(self.here(), self.there())
        self.assertEqual((resync.state, resync.seen_count, resync.new_count, resync.page_count, self.calls()), ('done', 252, 252, 3, 3))

        again = self.run_resync()
        self.assertEqual((again.new_count, again.changed_count, again.missing_count), (0, 0, 0))

    def test_customers_from_before_are_no_leads_those_whose_event_was_lost_are(self):
        leads = Domain('wecom_contact_id', '!=', False)
        old = self.customers(3)
        self.run_resync()
        self.control('clock', advance=86400)
        new = self.customers(2)
        self.run_resync()

        self.assertEqual(set(self.env['crm.lead'].search(leads).wecom_contact_id.mapped('external_userid')), set(new))
        self.assertFalse(self.contact(old[0]).lead_ids)

    def test_check_06_lost_events_are_found_and_told(self):
        externals = self.customers(5)
        self.run_resync()
        self.act('customer_deletes', userid='LiNa', external_userid=externals[0])
        resync = self.run_resync()

        self.assertEqual((self.here(), resync.missing_count), (self.there(), 1))
        self.assertEqual(self.contact(externals[0]).loss_ids.side, 'unknown')

    def test_check_06_cut_at_any_page_it_goes_on_and_deletes_nothing(self):
        self.customers(201)
        self.run_resync()
        for page in range(3):
            before = self.calls()
            self.control('settings', fail_next={})
            resync = self.env['wecom.resync']._begin(self.app)
            for _page in range(page):
                resync._read_page()
            self.control('settings', hang_up={'externalcontact/batch/get_by_user': 1})
            self.run_job(lambda: self.env['wecom.resync']._cron_resync())
            self.assertEqual((resync.state, bool(resync.problem), len(self.here())), ('running', True, 201))

            self.assertEqual(self.run_resync(), resync)
            self.assertEqual((resync.state, resync.page_count, resync.missing_count, len(self.here())), ('done', 3, 0, 201))
            self.assertEqual(self.calls() - before, 4, "a page read before is not read again")

    def test_a_member_who_leaves_meanwhile_does_not_stop_it(self):
        self.customers(3)
        self.customers(3, 'ZhangWei')
        resync = self.env['wecom.resync']._begin(self.app)
        resync.members = '["LiNa", "Gone", "ZhangWei"]'
        self.run_job(lambda: self.env['wecom.resync']._cron_resync())

        self.assertEqual((resync.state, len(self.here())), ('done', 6))

    def test_the_page_does_not_take_from_what_the_single_call_told(self):
        external = self.friend()
        self.act('member_edits', userid='LiNa', external_userid=external, remark='王经理', description='采购')
        self.run_queue(self.event('add_external_contact', external))
        before = self.contact(external).relation_ids.read()[0]
        self.run_resync()
        after = self.contact(external).relation_ids.read()[0]

        changed = {name for name in before if before[name] != after[name]}
        self.assertLessEqual(changed, {'seen_resync_id', 'write_date', '__last_update'})
        self.assertEqual((after['remark'], after['description']), ('王经理', '采购'))

    def test_what_differed_is_listed_with_what_was_done(self):
        externals = self.customers(3)
        chat = self.act('opens_chat', name='一群', owner='LiNa')['chat_id']
        first = self.run_resync()
        self.assertEqual(set(first.difference_ids.mapped('kind')) - {'no_access'}, set(), "a first comparison lists nothing one by one")

        self.act('member_edits', userid='LiNa', external_userid=externals[0], remark='王经理')
        self.act('customer_deletes', userid='LiNa', external_userid=externals[1])
        [new] = self.customers(1)
        self.act('opens_chat', name='二群', owner='LiNa')
        self.env['wecom.chat'].search([('number', '=', chat)]).number = 'wrGone'
        self.env.flush_all()
        self.env.cr.execute("UPDATE wecom_chat SET create_date = '2020-01-01' WHERE number = 'wrGone'")
        self.env['wecom.member'].create({'app_id': self.app.id, 'userid': 'Nobody', 'name': '无权限'})
        rows = {}
        for difference in self.run_resync().difference_ids:
            rows.setdefault(difference.kind, self.env['wecom.resync.difference'])
            rows[difference.kind] |= difference

        self.assertEqual(rows['changed'].what, "Member's name for him: 客户0 → 王经理")
        self.assertEqual({kind: rows[kind].contact_id.external_userid for kind in ('changed', 'ended', 'new')},
                         {'changed': externals[0], 'ended': externals[1], 'new': new})
        self.assertEqual((rows['no_access'].member_id.name, rows['chat_gone'].chat_id.number), ('无权限', 'wrGone'))
        self.assertEqual(len(rows['chat_new']), 2)
        self.assertFalse([difference for kind in rows.values() for difference in kind if not difference.outcome])

    def test_the_list_is_bounded_and_the_count_is_not(self):
        self.customers(1)
        self.run_resync()
        self.customers(4)
        with patch.object(wecom_resync_difference, 'MOST', 2):
            resync = self.run_resync()

        self.assertEqual((len(resync.difference_ids), resync.difference_count, resync.new_count), (2, 4, 4))
