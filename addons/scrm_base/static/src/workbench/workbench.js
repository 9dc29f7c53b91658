import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { WorkbenchPanel } from "./workbench_panel";

const COMPANIES_CHOSEN = "scrm_base.companies_chosen";

/** The home page: what waits for the user in the role that he looks at, and one click to it. */
export class Workbench extends Component {
    static template = "scrm_base.Workbench";
    static components = { WorkbenchPanel };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ home: null, text: "" });
        useSetupAction({ getLocalState: () => ({ role: this.state.home?.role }) });
        onWillStart(async () => {
            this.showAllCompaniesOnce();
            await this.load(this.props.state?.role);
        });
    }

    /**
     * What waits in a company that isn't ticked in the company menu would stay unseen. So a browser in which the
     * user has never chosen starts with all of his companies; from then on his choice holds.
     */
    showAllCompaniesOnce() {
        const key = `${COMPANIES_CHOSEN}.${user.userId}`;
        if (!browser.localStorage.getItem(key)) {
            browser.localStorage.setItem(key, "1");
            const [first, ...others] = [user.activeCompany, ...user.allowedCompanies].map(({ id }) => id);
            const ids = [first, ...others.filter((id) => id !== first)];
            if (ids.length > user.activeCompanies.length) {
                user.activateCompanies(ids, { includeChildCompanies: false, reload: false });
            }
        }
    }

    async load(role) {
        this.state.home = await this.orm.call("scrm.workbench", "get_home", [], { role: role || null });
    }

    get hiddenCompanyCount() {
        return user.allowedCompanies.length - user.activeCompanies.length;
    }

    get companyNames() {
        return user.activeCompanies.map((company) => company.name).join(" · ");
    }

    get todoSentence() {
        const count = this.state.home.todo_count;
        return count ? _t("%s things wait for you", count) : _t("Nothing waits for you. Well done!");
    }

    formatCount(count) {
        return formatInteger(count);
    }

    showAllCompanies() {
        user.activateCompanies(user.allowedCompanies.map(({ id }) => id), { includeChildCompanies: false, reload: true });
    }

    /** Load a window action without the filters that it starts with: they would hide some of what was counted. */
    async loadWithoutFilters(action) {
        const description = await this.action.loadAction(action);
        const kept = Object.entries(description.context || {}).filter(([key]) => !key.startsWith("search_default_"));
        return { ...description, context: Object.fromEntries(kept) };
    }

    /** Open the list of exactly the records that `domain` counts, in the views of the room they belong to. */
    async openList({ action, domain, title }) {
        const description = await this.loadWithoutFilters(action);
        const name = title || description.name;
        await this.action.doAction({ ...description, domain, name, display_name: name });
    }

    async openRecord(panel, row) {
        const description = await this.loadWithoutFilters(panel.more.action);
        await this.action.doAction({ ...description, res_id: row.id }, { viewType: "form", props: { resId: row.id } });
    }

    async openShortcut(shortcut) {
        const options = shortcut.creates ? { viewType: "form" } : {};
        await this.action.doAction(shortcut.action, { ...options, additionalContext: shortcut.context });
    }

    async search() {
        const text = this.state.text.trim();
        if (text) {
            const description = await this.action.loadAction("waste_track.waste_lifecycle_action");
            await this.action.doAction({ ...description, params: { text } });
        }
    }
}

registry.category("actions").add("scrm_base.workbench", Workbench);
