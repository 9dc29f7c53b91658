from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PoolCase

ROLES = ("user", "salesperson", "sales_manager", "dispatcher", "finance", "customer_service", "admin")
ACTIONS = ("read", "write", "create", "unlink")
ALL, READ = set(ACTIONS), {"read"}
RIGHTS = {
    "scrm.pool": {"salesperson": READ, "sales_manager": ALL, "admin": ALL},
    "scrm.pool.move": {"salesperson": READ, "sales_manager": READ, "admin": READ},
    "scrm.pool.put_back": dict.fromkeys(("salesperson", "sales_manager", "admin"), ALL - {"unlink"}),
    "scrm.pool.assign": dict.fromkeys(("sales_manager", "admin"), ALL - {"unlink"}),
}


@tagged("post_install", "-at_install")
class TestScrmPoolAccess(PoolCase):

    def test_rights_by_role(self):
        for role in ROLES:
            user = self._make_user(f"pool_{role}", role)
            for model, rights in RIGHTS.items():
                with self.subTest(role=role, model=model):
                    env = self.env(user=user)
                    self.assertEqual({action for action in ACTIONS if env[model].has_access(action)}, rights.get(role, set()))
        portal = new_test_user(self.env, "pool_portal", groups="base.group_portal")
        for model in RIGHTS:
            self.assertFalse(self.env(user=portal)[model].has_access("read"), model)

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "别家"})
        pool = self.env["scrm.pool"].create({"name": "别家公海", "company_id": other.id})
        lead = self._lead("别家客户", team_id=False, company_id=other.id, user_id=False)
        lead.sudo().write({"pool_id": pool.id})
        move = self.env["scrm.pool.move"]._note(lead, "returned")

        for record in (pool, move):
            self.assertFalse(record.with_user(self.manager).search([("id", "=", record.id)]), record._name)
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(AccessError):
            lead.with_user(self.manager).action_claim()

    def test_salesperson_reads_the_moves_of_his_own_and_of_pooled_leads(self):
        mine, pooled, foreign = self._pooled("我的"), self._pooled("公海的"), self._pooled("别人的")
        (mine | foreign).sudo().write({"pool_id": False})
        mine.user_id, foreign.user_id = self.wang, self.li

        self.assertEqual(self.env["scrm.pool.move"].with_user(self.wang).search([]).lead_id, mine | pooled)

    def test_nobody_writes_a_move(self):
        self._pooled("恒达")
        move = self.env["scrm.pool.move"].search([], limit=1)
        for user in (self.zhang, self.manager):
            with mute_logger("odoo.addons.base.models.ir_model"), self.assertRaises(AccessError):
                move.with_user(user).write({"reason": "x"})

    def test_attacker_writes_himself_into_a_pooled_lead(self):
        lead = self._pooled("恒达")
        for vals in ({"user_id": self.li.id}, {"user_id": self.li.id, "pool_id": False}, {"pool_id": False}, {"former_user_id": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                lead.with_user(self.li).write(vals)
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.li).create({"name": "x", "followed_at": "2030-01-01"})
        self.assertEqual(lead.pool_id, self.pool)
        self.assertFalse(lead.user_id)

    def test_attacker_puts_back_or_assigns_what_is_not_his(self):
        foreign = self._lead("李娜的", user=self.li)
        with mute_logger("odoo.addons.base.models.ir_rule"), self.assertRaises(UserError):
            self.env["scrm.pool.put_back"].with_user(self.zhang).create(
                {"lead_ids": [Command.set(foreign.ids)], "reason": "x"}).action_put_back()
        self.assertEqual(foreign.user_id, self.li)

        pooled = self._pooled("恒达")
        wizard = self.env["scrm.pool.assign"].create(
            {"lead_ids": [Command.set(pooled.ids)], "user_ids": [Command.set(self.zhang.ids)]})
        with mute_logger("odoo.addons.base.models.ir_model"), self.assertRaises(AccessError):
            wizard.with_user(self.zhang).action_assign()
        self.assertFalse(pooled.user_id)

    def test_leads_are_assigned_to_salespeople_only(self):
        pooled, dispatcher = self._pooled("恒达"), self._make_user("pool_disp", "dispatcher", name="调度员")
        wizard = self.env["scrm.pool.assign"].with_user(self.manager).create(
            {"lead_ids": [Command.set(pooled.ids)], "user_ids": [Command.set(dispatcher.ids)]})

        with self.assertRaisesRegex(UserError, "调度员 is no salesperson"):
            wizard.action_assign()
        self.assertEqual(pooled.pool_id, self.pool)
