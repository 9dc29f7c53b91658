from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom_contact.models.res_partner_company import company_key

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomMatch(ContactCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china = cls.env.ref('base.cn')

    def partner(self, name, phone=False, **values):
        return self.env['res.partner'].create({'name': name, 'phone': phone, 'country_id': self.china.id, **values})

    def customer(self, numbers=(), company='', **values):
        external = self.friend(**values)
        self.act('member_edits', userid='LiNa', external_userid=external, remark_mobiles=list(numbers), remark_corp_name=company)
        self.run_queue(self.event('add_external_contact', external))
        return self.contact(external)

    def doubts(self, contact):
        return {match.partner_id: (match.reason, match.score) for match in contact.match_ids if match.state == 'open'}

    # WHAT IS SEEN BY ITSELF ------------------------------------------------

    def test_names_are_compared_without_place_form_and_width(self):
        for one, other in (('东莞市宏达电路板有限公司', '宏达电路板'), ('宏达（东莞）有限公司', '宏达(东莞)有限责任公司'),
                           ('ＡＢＣ科技股份有限公司', 'abc 科技')):
            self.assertEqual(company_key(one), company_key(other))
        self.assertNotEqual(company_key('宏达电路板有限公司'), company_key('宏达塑胶有限公司'))
        self.assertEqual(company_key('公司'), '公司')

    def test_the_one_number_or_name_that_fits_is_linked_without_asking(self):
        person, company = self.partner('王经理', '13800138011'), self.partner('东莞市宏达电路板有限公司', is_company=True)
        self.assertEqual(self.customer(['13800138011']).partner_id, person)
        contact = self.customer(company='宏达电路板')
        self.assertEqual((contact.partner_id, self.doubts(contact)), (company, {}))

    def test_several_with_the_number_are_a_doubt(self):
        two = self.partner('王经理', '13800138012') + self.partner('王先生', '138 0013 8012')
        contact = self.customer(['13800138012'])

        self.assertFalse(contact.partner_id)
        self.assertEqual(self.doubts(contact), dict.fromkeys(two, ('number', 90)))
        self.run_resync()
        self.assertEqual(len(contact.match_ids), 2, "asked once")

    def test_the_name_with_another_number_and_a_similar_name_are_doubts(self):
        same = self.partner('恒达塑胶制品有限公司', '13800138013', is_company=True)
        alike = self.partner('恒达塑胶制品厂', is_company=True)
        contact = self.customer(['13900139000'], '恒达塑胶制品有限公司')

        self.assertFalse(contact.partner_id)
        found = self.doubts(contact)
        self.assertEqual((found[same], found[alike][0]), (('name', 80), 'similar'))

    def test_one_person_of_two_companies_is_a_doubt_only_where_his_contact_may_be_used(self):
        other = self.env['res.company'].create({'name': 'Theirs'})
        theirs = self.make_app('1000003', company_id=other.id)
        shared, private = self.partner('王经理'), self.partner('李经理', company_id=other.id)
        first, second = self.env['wecom.contact'].create([
            {'app_id': theirs.id, 'external_userid': f'wx{union}', 'name': union, 'unionid': union, 'partner_id': partner.id}
            for union, partner in (('u1', shared), ('u2', private))])
        here = self.env['wecom.contact'].create([
            {'app_id': self.app.id, 'external_userid': f'wy{union}', 'name': union, 'unionid': union} for union in ('u1', 'u2')])
        here._link_partners()

        self.assertEqual((here[0].partner_id.id, here[1].partner_id.id, self.doubts(here[1])), (shared.id, False, {}))
        self.assertEqual((here[0].same_person_ids, here[1].same_person_ids), (first, second))
        self.assertFalse(here[0].with_user(self.chen).same_person_ids, "those of another company are not shown")

    # WHAT A PERSON DECIDES -------------------------------------------------

    def test_linking_settles_the_other_doubts(self):
        one, other = self.partner('王经理', '13800138014'), self.partner('王先生', '13800138014')
        contact = self.customer(['13800138014'])
        matches = contact.match_ids.with_user(self.chen)
        matches.filtered(lambda match: match.partner_id == one).action_link()

        self.assertEqual(contact.partner_id, one)
        self.assertEqual({match.partner_id: match.state for match in contact.match_ids}, {one: 'linked', other: 'settled'})
        with self.assertRaises(UserError):
            matches.filtered(lambda match: match.partner_id == other).action_link()
        self.assertEqual(contact.partner_id, one)

    def test_not_he_is_remembered(self):
        one, other = self.partner('王经理', '13800138015'), self.partner('王先生', '13800138015')
        contact = self.customer(['13800138015'])
        contact.match_ids.filtered(lambda match: match.partner_id == one).with_user(self.chen).action_refuse()
        self.run_queue(self.event('edit_external_contact', contact.external_userid))

        self.assertEqual(contact.partner_id, other, "only one is left")
        self.assertEqual(contact.match_ids.filtered(lambda match: match.partner_id == one).state, 'refused')

    def test_a_new_contact_is_made_under_his_company(self):
        company = self.partner('恒达塑胶有限公司', '13800138016', is_company=True)
        contact = self.customer(['13900139001'], '恒达塑胶有限公司')
        maker = new_test_user(self.env, login='maker.c', groups='sales_team.group_sale_manager,base.group_partner_manager')
        contact.match_ids.with_user(maker).action_new_contact()

        self.assertRecordValues(contact.partner_id, [{'name': '王女士', 'phone': '13900139001', 'parent_id': company.id}])

    def test_contacts_are_merged_by_odoos_own_wizard_with_its_rights(self):
        two = self.partner('王经理', '13800138017') + self.partner('王先生', '13800138017')
        contact = self.customer(['13800138017'])
        clerk = new_test_user(self.env, login='clerk.c', groups='wecom_contact.group_manager')
        with self.assertRaises(AccessError):
            contact.match_ids[0].with_user(clerk).action_merge()
        action = contact.match_ids[0].action_merge()
        self.env['base.partner.merge.automatic.wizard'].with_context(**action['context']).create({}).action_merge()
        self.run_queue(self.event('edit_external_contact', contact.external_userid))

        self.assertEqual((contact.partner_id, len(two.exists())), (two.exists(), 1))

    def test_salespeople_do_not_decide(self):
        self.partner('王经理', '13800138018')
        self.partner('王先生', '13800138018')
        contact = self.customer(['13800138018'])
        for action in ('action_link', 'action_refuse', 'action_new_contact'):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(contact.match_ids[0].with_user(self.lina), action)()
        self.assertEqual((contact.partner_id.id, set(contact.match_ids.mapped('state'))), (False, {'open'}))
