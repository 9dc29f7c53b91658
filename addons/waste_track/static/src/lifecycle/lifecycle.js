import {
    Component,
    markRaw,
    onMounted,
    onPatched,
    onWillStart,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useVirtualGrid } from "@web/core/virtual_grid_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import {
    connect,
    countGroups,
    formatKg,
    fullTime,
    gutterWidth,
    knot,
    layoutRows,
    presentCell,
    ROW_HEIGHT,
    shareBar,
    timeline,
} from "./lifecycle_model";
import { LifecycleSearch } from "./lifecycle_search";
import { NodeFacts } from "./node_facts";
import { ProgressStrip } from "./progress_strip";

const CARDS = 20;

/**
 * The life of a waste: one waste detail, its batches, and every package of one of them with all its nodes.
 *
 * Opened with `params` batch_id (and package_id to point at), contract_line_id, or text (a number to search for).
 */
export class WasteLifecycle extends Component {
    static template = "waste_track.Lifecycle";
    static components = { Layout, LifecycleSearch, ProgressStrip };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Life Cycle");
    static path = "life-cycle";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useState(useService("ui"));
        this.keepLast = new KeepLast();
        this.facts = usePopover(NodeFacts, { position: "bottom", popoverClass: "o_wl_popover" });
        this.scroll = useRef("scroll");
        this.table = useRef("table");
        this.display = { controlPanel: {} };
        this.rowHeight = ROW_HEIGHT;
        this.rows = [];
        this.top = 0;
        const { params, context } = this.props.action;
        // A reloaded page knows its batch or detail from the address only.
        const restored = this.props.resId || !params?.batch_id;
        this.start = {
            batch_id: this.props.resId || params?.batch_id,
            contract_line_id: params?.contract_line_id || (restored && !params?.text && context.active_id),
        };
        this.state = useState({
            data: null,
            group: null,
            text: "",
            cards: CARDS,
            packageId: params?.package_id || null,
            isPrinting: false,
        });
        this.virtual = useVirtualGrid({ scrollableRef: this.scroll });
        onWillStart(() => this.start.batch_id || this.start.contract_line_id ? this.load(this.start) : null);
        onMounted(() => {
            this.remember();
            this.measureTop();
            this.pointAt();
        });
        onPatched(() => this.measureTop());
        useExternalListener(window, "afterprint", () => (this.state.isPrinting = false));
    }

    //--------------------------------------------------------------------------
    // Data
    //--------------------------------------------------------------------------

    async load(which) {
        const data = await this.keepLast.add(
            this.orm.call("waste.batch", "get_lifecycle", [], {
                batch_id: which.batch_id || null,
                contract_line_id: which.contract_line_id || null,
            })
        );
        Object.assign(this.state, { data: markRaw(data), group: null, text: "", cards: CARDS });
        this.layout();
    }

    async open(hit) {
        this.facts.close();
        await this.load(hit);
        this.state.packageId = hit.package_id || null;
        this.remember();
        this.scroll.el.scrollTo({ top: 0 });
        this.pointAt();
    }

    /** Keep the address in step, so that a reload or a copied link opens the same page. */
    remember() {
        const { data } = this.state;
        this.props.updateActionState({
            resId: data?.batch?.id || false,
            active_id: (data && !data.batch && data.detail.id) || false,
        });
    }

    layout() {
        const { data, group, text } = this.state;
        this.rows = data ? layoutRows(data.rows, { group, text }) : [];
        this.lines = connect(this.rows);
        this.gutter = gutterWidth(this.rows);
        this.measure();
    }

    filter(changes) {
        Object.assign(this.state, changes, { cards: CARDS });
        this.layout();
    }

    toggleGroup(group) {
        this.filter({ group: this.state.group === group ? null : group });
    }

    onFilterInput(ev) {
        this.filter({ text: ev.target.value });
    }

    //--------------------------------------------------------------------------
    // What is drawn
    //--------------------------------------------------------------------------

    /** The rows share the scroll of the page: what stands above them counts as the first row. */
    measure() {
        this.virtual.setRowsHeights([this.top, ...this.rows.map(() => ROW_HEIGHT)]);
    }

    measureTop() {
        const top = this.table.el ? this.table.el.offsetTop : this.top;
        if (top !== this.top) {
            this.top = top;
            this.measure();
            this.render();
        }
    }

    get window() {
        if (this.state.isPrinting) {
            return [0, this.rows.length];
        }
        const [start = 0, end = 0] = this.virtual.rowsIndexes || [];
        return [Math.max(0, start - 1), end];
    }

    get visibleRows() {
        return this.rows.slice(...this.window);
    }

    get visibleLines() {
        const [start, end] = this.window;
        return this.lines.filter((line) => line.to >= start && line.from <= end);
    }

    get cardRows() {
        return this.state.isPrinting ? this.rows : this.rows.slice(0, this.state.cards);
    }

    get groups() {
        const labels = {
            moving: _t("On the way"),
            stored: _t("In storage"),
            disposed: _t("Disposed"),
            refused: _t("Refused"),
            converted: _t("Converted"),
        };
        return countGroups(this.state.data.rows).map((each) => ({ ...each, label: labels[each.group] }));
    }

    get columns() {
        return `minmax(${230 + this.gutter}px, 1.6fr) repeat(${this.state.data.nodes.length}, minmax(76px, 1fr))`;
    }

    get figures() {
        const batch = this.state.data.batch;
        return [
            [_t("Bins or packages"), batch.package_count || "–"],
            [_t("Announced weight"), formatKg(batch.declared_kg)],
            [_t("Gate weight"), formatKg(batch.gate_kg)],
            [_t("Accepted weight"), formatKg(batch.accepted_kg)],
            [_t("Disposed weight"), formatKg(batch.disposed_kg)],
            [_t("In storage"), formatKg(batch.stock_kg)],
        ];
    }

    presentCell(row, node) {
        return presentCell(row, node.key);
    }

    timeline(row) {
        return timeline(row, this.state.data.nodes);
    }

    shareBar(row) {
        return shareBar(row);
    }

    knot(row) {
        return knot(row);
    }

    stateLabel(row) {
        return this.state.data.names.states[row.state];
    }

    kindLabel(cell) {
        return this.state.data.names.kinds[cell.kind];
    }

    formatKg(value) {
        return formatKg(value);
    }

    fullTime(text) {
        return fullTime(text);
    }

    /** What a row says of its origin or its end: the kilograms and percent of its share. */
    shareText(row) {
        if (row.made && row.parents.length === 1 && row.sources.length === 1) {
            const source = this.rowsById[row.parents[0]];
            const share = source.children.find((child) => child.id === row.id);
            return _t("%(kg)s · %(percent)s % of %(package)s", {
                kg: formatKg(share.kg),
                percent: share.percent,
                package: source.name,
            });
        }
        if (row.children.length === 1) {
            const [share] = row.children;
            return _t("%(kg)s into %(package)s", { kg: formatKg(share.kg), package: this.rowsById[share.id].name });
        }
        if (row.children.length > 1) {
            return _t("Split into %s", row.children.length);
        }
        return "";
    }

    batchText(batch) {
        return _t("%(date)s · %(count)s packages · %(kg)s", {
            date: fullTime(batch.date).slice(0, 10),
            count: batch.packages,
            kg: formatKg(batch.kg),
        });
    }

    get moreText() {
        return _t("Show %s more", this.rows.length - this.state.cards);
    }

    /** How much of a mixed package is this batch's. */
    ownText(row) {
        return _t("%(kg)s · %(percent)s % ours", {
            kg: formatKg(row.own_kg),
            percent: row.own_percent,
        });
    }

    get rowsById() {
        const rows = this.state.data.rows;
        if (this.indexedRows !== rows) {
            this.indexedRows = rows;
            this.index = Object.fromEntries(rows.map((row) => [row.id, row]));
        }
        return this.index;
    }

    cellTitle(row, node) {
        const cell = row.cells[node.key];
        if (!cell) {
            return "";
        }
        const words = [this.kindLabel(cell), fullTime(cell.at), cell.place, cell.kg && formatKg(cell.kg)];
        return words.filter(Boolean).join(" · ");
    }

    //--------------------------------------------------------------------------
    // Handlers
    //--------------------------------------------------------------------------

    onNode(ev, row, cell, subtitle) {
        this.facts.open(ev.currentTarget, {
            title: row.name,
            subtitle,
            cells: [cell, ...(cell.more || [])],
            names: this.state.data.names,
        });
    }

    onShares(ev, row) {
        this.facts.open(ev.currentTarget, {
            title: row.name,
            subtitle: _t("This batch: %(kg)s", { kg: formatKg(row.own_kg) }),
            shares: row.sources,
            names: this.state.data.names,
            openBatch: (batchId, packageId) => this.open({ batch_id: batchId, package_id: packageId }),
        });
    }

    openPackage(row) {
        return this.openRecord("waste.package", row.id);
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    showMore() {
        this.state.cards += CARDS * 2;
    }

    /** Bring the package that was asked for into view. */
    pointAt() {
        const at = this.state.packageId ? this.rows.findIndex((row) => row.id === this.state.packageId) : -1;
        if (at < 0) {
            return;
        }
        if (this.ui.isSmall) {
            this.state.cards = Math.max(this.state.cards, at + 1);
            requestAnimationFrame(() =>
                this.scroll.el.querySelector(".o_wl_pointed")?.scrollIntoView({ block: "center" })
            );
        } else if (at > 5) {
            this.scroll.el.scrollTo({ top: this.top + (at - 3) * ROW_HEIGHT });
        }
    }

    async print() {
        this.state.isPrinting = true;
        // The rows out of sight have to be drawn before the print dialog freezes the page.
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)));
        window.print();
    }
}

registry.category("actions").add("waste_track.lifecycle", WasteLifecycle);
