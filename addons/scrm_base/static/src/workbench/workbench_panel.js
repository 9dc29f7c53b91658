import { Component } from "@odoo/owl";

/** A short list, a small table or a checklist of the home page. */
export class WorkbenchPanel extends Component {
    static template = "scrm_base.WorkbenchPanel";
    static props = {
        panel: Object,
        openList: Function,
        openRecord: Function,
    };

    get isEmpty() {
        const { kind, rows, steps, done_count } = this.props.panel;
        return kind === "checklist" ? done_count === steps.length : !rows.length;
    }
}
