import { Component } from "@odoo/owl";

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

    icon(step) {
        return ICONS[step.key] || "fa-circle-o";
    }

    fullTime(text) {
        return fullTime(text);
    }
}
