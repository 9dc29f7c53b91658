import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

import { fullTime } from "./lifecycle_model";

const ICONS = {
    contract: "fa-file-text-o",
    pickup: "fa-truck",
    storage: "fa-archive",
    disposal: "fa-fire",
    collection: "fa-jpy",
    invoice: "fa-ticket",
};

/** From contract to invoice: how far this batch has come, and the key facts of each step. */
export class ProgressStrip extends Component {
    static template = "waste_track.ProgressStrip";
    static props = { steps: Array };

    setup() {
        this.ui = useState(useService("ui"));
        // On a phone one step tells its facts at a time: at first the one that is under way or in trouble.
        this.state = useState({ open: this.props.steps.find((step) => ["alert", "doing"].includes(step.state))?.key });
    }

    toggle(step) {
        this.state.open = this.state.open === step.key ? null : step.key;
    }

    isOpen(step) {
        return !this.ui.isSmall || this.state.open === step.key;
    }

    icon(step) {
        return ICONS[step.key] || "fa-circle-o";
    }

    fullTime(text) {
        return fullTime(text);
    }
}
