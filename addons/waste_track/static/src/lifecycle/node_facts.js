import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatKg, fullTime } from "./lifecycle_model";

/** The key facts of one node of a package, or of the sources of a mixed one. */
export class NodeFacts extends Component {
    static template = "waste_track.NodeFacts";
    static props = {
        title: String,
        subtitle: { type: String, optional: true },
        cells: { type: Array, optional: true },
        shares: { type: Array, optional: true },
        names: Object,
        openBatch: { type: Function, optional: true },
        close: { type: Function, optional: true },
    };

    kindLabel(cell) {
        return this.props.names.kinds[cell.kind] || cell.kind;
    }

    facts(cell) {
        const { units, methods } = this.props.names;
        return [
            [_t("Time"), fullTime(cell.at)],
            [_t("Told on"), cell.recorded_at && fullTime(cell.recorded_at)],
            [_t("By"), cell.unit && units[cell.unit]],
            [_t("Place"), cell.place],
            [_t("Weight"), cell.kg && formatKg(cell.kg)],
            [_t("Method"), cell.method && methods[cell.method]],
            [_t("Plate"), cell.plate],
            [_t("Reason"), cell.reason],
            [_t("Conversion No."), cell.op],
        ].filter((fact) => fact[1]);
    }

    shareLabel(share) {
        return share.name || (share.is_own ? _t("This batch") : _t("Other sources"));
    }

    formatKg(value) {
        return formatKg(value);
    }

    onBatch(share) {
        this.props.close?.();
        this.props.openBatch(share.batch_id, share.id);
    }
}
