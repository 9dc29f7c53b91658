import { Component, onMounted, useState } from "@odoo/owl";
import { useBus, useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

const REFRESH_AFTER = 60000; // ms between two counts, however often people change screens

/** Tells the administrators of the WIM interface how many messages failed, and leads to them. */
export class WimFailures extends Component {
    static template = "waste_wim.WimFailures";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ count: 0 });
        this.countedAt = 0;
        onMounted(() => this.refresh());
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.refresh());
    }

    async refresh() {
        if (Date.now() - this.countedAt < REFRESH_AFTER) {
            return;
        }
        this.countedAt = Date.now();
        this.state.count = await this.orm.silent.call("wim.message", "get_failure_count", []);
    }

    open() {
        return this.action.doAction("waste_wim.wim_message_action_failures", { clearBreadcrumbs: true });
    }
}

registry.category("systray").add(
    "waste_wim.failures",
    { Component: WimFailures, isDisplayed: () => session.is_wim_admin },
    { sequence: 30 }
);
