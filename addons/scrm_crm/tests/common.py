from datetime import timedelta

from odoo import Command, fields

from odoo.addons.waste.tests.common import WasteCommon


class PoolCase(WasteCommon):
    """张伟 and 李娜 of 陈主管's team, 王强 of none, one pool for all leads: reminder after 15 days, back after 30."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({
            "name": "市场一部", "user_id": cls.manager.id, "member_ids": [Command.set([cls.zhang.id, cls.li.id])]})
        cls.pool = cls.env.ref("scrm_crm.scrm_pool_default")
        cls.lead = cls._lead("美味酒楼")

    @classmethod
    def _lead(cls, name, days=0, user=None, **vals):
        """Make a lead whose salesperson has had it for so many days."""
        lead = cls.env["crm.lead"].create({
            "name": name, "type": "opportunity", "user_id": (user or cls.zhang).id, "team_id": cls.team.id, **vals})
        return cls._age_lead(lead, days)

    @classmethod
    def _age_lead(cls, lead, days):
        since = fields.Datetime.now() - timedelta(days=days)
        lead.write({"date_open": since, "date_last_stage_update": since})
        return lead

    @classmethod
    def _pooled(cls, name, **vals):
        lead = cls._lead(name, **vals)
        lead._return_to_pool(cls.pool)
        return lead

    def _watch(self):
        self.pool.invalidate_model()
        with self.enter_registry_test_mode():
            self.env.ref("scrm_crm.ir_cron_scrm_pool").method_direct_trigger()
        self.env.invalidate_all()

    def _reminded(self, lead):
        return lead._get_reminders().user_id
