from odoo import Command
from odoo.tests import TransactionCase, new_test_user

STAFF_GROUPS = ("user", "salesperson", "sales_manager", "dispatcher", "finance", "customer_service", "admin")


class WasteCommon(TransactionCase):
    """The people and the producers of the demo world of the requirements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        cls.env.user.tz = "Asia/Shanghai"
        cls.hazardous = cls.env.ref("waste.business_hazardous")
        cls.industrial = cls.env.ref("waste.business_industrial")
        cls.kitchen = cls.env.ref("waste.business_kitchen")
        cls.manager = cls._make_user("manager", "sales_manager", name="陈主管")
        cls.zhang = cls._make_user("zhang", "salesperson", name="张伟")
        cls.li = cls._make_user("li", "salesperson", name="李娜")
        cls.wang = cls._make_user("wang", "salesperson", name="王强")
        cls.hongda = cls._make_partner("宏达电路板厂", "producer")
        cls.hengda = cls._make_partner("恒达塑胶", "producer")
        cls.assignments = cls.env["waste.assignment"]

    @classmethod
    def _make_user(cls, login, group, **vals):
        return new_test_user(cls.env, f"waste_test_{login}", groups=f"waste.group_{group}", tz="Asia/Shanghai", **vals)

    @classmethod
    def _make_partner(cls, name, *roles, **vals):
        return cls.env["res.partner"].create({
            "name": name, "is_company": True,
            "party_role_ids": [Command.link(cls.env.ref(f"waste.party_role_{role}").id) for role in roles], **vals})

    @classmethod
    def _assign(cls, producer, user, business, share=100, date_from="2026-01-01", **vals):
        return cls.assignments.create({
            "producer_id": producer.id, "user_id": user.id, "business_id": business.id, "share_percent": share,
            "date_from": date_from, **vals})

    @classmethod
    def _age(cls, assignments, created="2026-01-01 00:00:00"):
        """Let assignments look as if they had been typed on another day."""
        assignments.flush_recordset()
        cls.env.cr.execute(
            "UPDATE waste_assignment SET create_date = %s WHERE id IN %s", (created, tuple(assignments.ids)))
        assignments.invalidate_recordset()
