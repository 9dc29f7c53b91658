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
        const { kind, rows } = this.props.panel;
        return kind !== "checklist" && !rows.length;
    }
}
