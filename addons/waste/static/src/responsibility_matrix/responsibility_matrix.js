import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { useOwnedDialogs, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { Layout } from "@web/search/layout";
import { usePager } from "@web/search/pager_hook";
import { useSetupAction } from "@web/search/action_hook";

import { Component, onWillStart, useState } from "@odoo/owl";

const PAGE_SIZE = 40;
const COLORS = 11;

/**
 * Who serves whom: producers down, businesses across, salespeople in the cells.
 * Reads `waste.assignment.get_matrix`; edits through the assignment's own form.
 */
export class ResponsibilityMatrix extends Component {
    static template = "waste.ResponsibilityMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.addDialog = useOwnedDialogs();
        this.keepLast = new KeepLast();
        const filters = { search: "", businessId: false, userId: false, onlyGaps: false, offset: 0, limit: PAGE_SIZE };
        this.state = useState({ ...filters, ...this.props.state?.matrixFilters });
        this.data = useState({ total: 0, can_edit: false, businesses: [], users: [], producers: [] });
        this.allBusinesses = [];
        this.searchSoon = useDebounced(() => this.filter({}), 300);
        useSetupAction({ getLocalState: () => ({ matrixFilters: { ...this.state } }) });
        usePager(() => ({
            offset: this.state.offset,
            limit: this.state.limit,
            total: this.data.total,
            onUpdate: async ({ offset, limit }) => {
                Object.assign(this.state, { offset, limit });
                await this.load();
            },
        }));
        onWillStart(() => this.load());
    }

    async load() {
        const { search, businessId, userId, onlyGaps, offset, limit } = this.state;
        const matrix = await this.keepLast.add(
            this.orm.call("waste.assignment", "get_matrix", [], {
                search,
                business_id: businessId,
                user_id: userId,
                only_gaps: onlyGaps,
                offset,
                limit,
            })
        );
        if (!businessId) {
            this.allBusinesses = matrix.businesses;
        }
        Object.assign(this.data, matrix);
    }

    filter(changes) {
        Object.assign(this.state, changes, { offset: 0 });
        return this.load();
    }

    onSearchInput(ev) {
        this.state.search = ev.target.value;
        this.searchSoon();
    }

    onBusinessChange(ev) {
        return this.filter({ businessId: Number(ev.target.value) || false });
    }

    onUserChange(ev) {
        return this.filter({ userId: Number(ev.target.value) || false, onlyGaps: false });
    }

    toggleGaps() {
        return this.filter({ onlyGaps: !this.state.onlyGaps, userId: false });
    }

    get isFiltered() {
        return Boolean(this.state.search || this.state.businessId || this.state.userId || this.state.onlyGaps);
    }

    resetFilters() {
        return this.filter({ search: "", businessId: false, userId: false, onlyGaps: false });
    }

    // Cells

    cell(producer, business) {
        return producer.cells[business.id] || [];
    }

    /** Share of the whole business that nobody has today; chips of one category count apart. */
    openShare(producer, business) {
        const chips = this.cell(producer, business).filter((chip) => !chip.category && !chip.is_upcoming);
        return Math.max(0, 100 - chips.reduce((total, chip) => total + chip.share, 0));
    }

    /** One colour per salesperson, the same in every cell. */
    chipClass(chip) {
        return `o_tag_color_${(chip.user_id % COLORS) + 1} ${chip.is_upcoming ? "o_waste_matrix_upcoming" : ""}`;
    }

    chipTitle(chip) {
        if (chip.is_upcoming) {
            return _t("%(name)s, %(share)s %, from %(from)s", {
                name: chip.name,
                share: chip.share,
                from: chip.date_from,
            });
        }
        return chip.date_to
            ? _t("%(name)s, %(share)s %, until %(to)s", { name: chip.name, share: chip.share, to: chip.date_to })
            : _t("%(name)s, %(share)s %, since %(from)s", {
                  name: chip.name,
                  share: chip.share,
                  from: chip.date_from,
              });
    }

    // Actions

    openAssignment(chip) {
        this.openForm({ resId: chip.id, title: _t("Assignment") });
    }

    addAssignment(producer, business) {
        this.openForm({
            title: _t("New assignment"),
            context: {
                default_producer_id: producer.id,
                default_business_id: business.id,
                default_share_percent: this.openShare(producer, business) || 100,
                ...(this.state.userId && { default_user_id: this.state.userId }),
            },
        });
    }

    openForm(props) {
        const readonly = !this.data.can_edit;
        this.addDialog(
            FormViewDialog,
            { resModel: "waste.assignment", readonly, preventEdit: readonly, preventCreate: readonly, ...props },
            { onClose: () => this.load() }
        );
    }

    openProducer(producer) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: producer.id,
            views: [[false, "form"]],
        });
    }

    openTransfer() {
        return this.action.doAction("waste.waste_assignment_transfer_action", {
            additionalContext: this.state.userId ? { default_from_user_id: this.state.userId } : {},
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("waste.responsibility_matrix", ResponsibilityMatrix);
