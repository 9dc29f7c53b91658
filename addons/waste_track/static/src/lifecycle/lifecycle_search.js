import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";

const KINDS = {
    batch: _t("Batch"),
    package: _t("Package"),
    manifest: _t("Manifest"),
    pickup: _t("Pickup"),
    contract: _t("Contract"),
    detail: _t("Waste Detail"),
};

/** Any number of the trade opens the life cycle it belongs to; several hits are offered. */
export class LifecycleSearch extends Component {
    static template = "waste_track.LifecycleSearch";
    static props = { text: { type: String, optional: true }, onPick: Function, autofocus: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.state = useState({ text: this.props.text || "", hits: null });
        if (this.props.autofocus) {
            useAutofocus({ refName: "input" });
        }
        if (this.state.text) {
            this.search();
        }
    }

    kindLabel(kind) {
        return String(KINDS[kind]);
    }

    async search() {
        const hits = await this.keepLast.add(
            this.orm.call("waste.batch", "find_lifecycle", [], { text: this.state.text })
        );
        if (hits.length === 1) {
            this.pick(hits[0]);
        } else {
            this.state.hits = hits;
        }
    }

    onSubmit(ev) {
        ev.preventDefault();
        return this.search();
    }

    onFocusout(ev) {
        if (!this.root.el.contains(ev.relatedTarget)) {
            this.state.hits = null;
        }
    }

    pick(hit) {
        this.state.hits = null;
        this.props.onPick(hit);
    }
}
