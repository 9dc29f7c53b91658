from datetime import timedelta

from odoo import fields, models

MESSAGES = "waste_wim.wim_message_action"
LICENCES = "waste.waste_licence_action"
PATIENCE = timedelta(hours=24)


class ScrmWorkbenchAdmin(models.AbstractModel):
    """Whether the house is in order: messages from WIM, licences, and what is not set up yet."""

    _name = "scrm.workbench.admin"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of the administrator"

    _group = "waste.group_admin"
    _icon = "fa-cogs"
    _rank = 10

    def _title(self):
        return self.env._("Administrator")

    def _tiles(self):
        messages = self._count_by("state", "wim.message", self._in_states("rejected", "warned", "pending"))
        return [
            self._tile(
                "rejected", self.env._("Failed messages"), "wim.message", self._in_states("rejected"), MESSAGES,
                icon="fa-times-circle-o", tone="danger", is_todo=True, hint=self.env._("from WIM"), counted=messages("rejected")),
            self._tile(
                "parked", self.env._("Waiting too long"), "wim.message", self._domain_parked(), MESSAGES,
                icon="fa-clock-o", tone="danger", is_todo=True, hint=self.env._("more than 24 hours")),
            self._tile(
                "warned", self.env._("With warnings"), "wim.message", self._in_states("warned"), MESSAGES,
                icon="fa-exclamation-triangle", tone="warning", hint=self.env._("applied"), counted=messages("warned")),
            self._tile(
                "licences", self.env._("Licences"), "waste.licence", self._in_states("expiring", "expired"), LICENCES,
                icon="fa-id-card-o", tone="warning", is_todo=True, hint=self.env._("expiring or expired")),
            self._tile(
                "pending", self.env._("In the queue"), "wim.message", self._in_states("pending"), MESSAGES,
                icon="fa-inbox", hint=self.env._("not handled yet"), counted=messages("pending")),
            self._tile(
                "today", self.env._("Received today"), "wim.message", self._domain_today(), MESSAGES,
                icon="fa-download", tone="success", hint=self.env._("messages")),
        ]

    def _panels(self, tiles):
        return [self._panel_failures(tiles["rejected"]), self._panel_setup(), self._panel_licences(tiles["licences"])]

    def _shortcuts(self):
        return [
            self._shortcut("messages", self.env._("WIM messages"), MESSAGES, icon="fa-exchange"),
            self._shortcut("businesses", self.env._("Businesses"), "waste.waste_business_action", icon="fa-sitemap"),
            self._shortcut("codes", self.env._("Catalogue"), "waste.waste_code_action", icon="fa-book"),
        ]

    # === DOMAINS === #

    def _domain_parked(self):
        return [("state", "=", "parked"), ("received_at", "<", fields.Datetime.to_string(fields.Datetime.now() - PATIENCE))]

    def _domain_today(self):
        return [("received_at", ">=", self._midnight())]

    def _domain_teamless(self):
        return [("group_ids", "in", self._group_ids("waste.group_salesperson")), ("crm_team_ids", "=", False)]

    def _domain_integrators(self):
        return [("all_group_ids", "in", self._group_ids("waste.group_wim_integrator"))]

    def _group_ids(self, xml_id):
        return self.env.ref(xml_id).ids

    # === PANELS === #

    def _panel_failures(self, tile):
        messages = self._top(tile, "id desc", ["event", "entity_key", "key", "error", "received_at"])
        return self._panel(
            "failures", self.env._("Latest failed messages"),
            [
                self._row(
                    message, message.entity_key or message.key, lines=(message.event, message.error),
                    badge=self._format_moment(message.received_at), tone="danger")
                for message in messages
            ],
            tile, empty=self.env._("Every message from WIM was understood."))

    def _panel_licences(self, tile):
        licences = self._top(tile, "valid_to, id", ["name", "partner_id", "kind", "valid_to"])
        return self._panel(
            "licences", self.env._("Licences that end"),
            [
                self._row(
                    licence, licence.partner_id.name, lines=(self._selection_label(licence, "kind"), licence.name),
                    badge=self._format_days_left(licence.valid_to),
                    tone="danger" if licence.valid_to < self._today() else "warning")
                for licence in licences
            ],
            tile, empty=self.env._("All licences are valid for 60 days and more."))

    def _panel_setup(self):
        steps = self._setup_steps()
        return {
            "key": "setup", "kind": "checklist", "title": self.env._("Setup"), "steps": steps,
            "done_count": sum(step["done"] for step in steps), "empty": self.env._("Everything is set up."),
        }

    def _setup_steps(self):
        """Return what a new installation needs, in the order in which people do it. To override."""
        return [
            self._step(
                self.env._("Each company has its code"), "res.company", self._domain_unset("company_code"),
                "base.action_res_company_form", self.env._("WIM names the company by it.")),
            self._step(
                self.env._("Each company has a chart of accounts"), "res.company", self._domain_unset("chart_template"),
                "base.action_res_company_form", self.env._("Without one it can not invoice.")),
            self._step(
                self.env._("Each business has its operating company"), "waste.business", self._domain_unset("company_id"),
                "waste.waste_business_action", self.env._("New contracts are made in its name.")),
            self._step(
                self.env._("Each salesperson is in a sales team"), "res.users", self._domain_teamless(),
                "base.action_res_users", self.env._("Contracts and assignments count for the team.")),
            self._step(
                self.env._("WIM has a user of its own"), "res.users", self._domain_integrators(), "base.action_res_users",
                self.env._("Give one technical user the group “WIM integrator” and an API key."), wanted=True),
            self._step(
                self.env._("WIM has sent messages"), "wim.message", [], MESSAGES,
                self.env._("Its door is POST /wim/v1/messages."), wanted=True),
        ]

    def _domain_unset(self, field):
        return [(field, "=", False)]

    def _step(self, label, model, domain, action, hint, wanted=False):
        """Return one step of the checklist.

        :param domain: what shouldn't be there any more, or with ``wanted`` what should
        """
        found = bool(self.env[model].search_count(domain, limit=1))
        return {
            "label": label, "hint": hint, "done": found == wanted, "action": action,
            "domain": [] if wanted else domain,
        }
