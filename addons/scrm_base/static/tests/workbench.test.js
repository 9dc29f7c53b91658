import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup, onRpc, patchWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { Workbench } from "@scrm_base/workbench/workbench";

describe.current.tags("desktop");

const TILE = {
    key: "overdue",
    title: "Overdue",
    count: 3,
    hint: "not dispatched in time",
    icon: "fa-truck",
    tone: "danger",
    is_todo: true,
    model: "waste.pickup",
    action: "waste_track.waste_pickup_action",
    domain: [["state", "=", "draft"]],
};
const HOME = {
    greeting: "Good morning, Ho",
    date: "Wednesday",
    roles: [
        { key: "dispatcher", name: "Dispatcher", icon: "fa-truck" },
        { key: "finance", name: "Finance", icon: "fa-jpy" },
    ],
    role: "dispatcher",
    todo_count: 3,
    shortcuts: [
        { key: "pickup", label: "New pickup", action: "x.pickups", icon: "fa-plus", creates: "waste.pickup", context: { a: 1 } },
    ],
    tiles: [TILE, { ...TILE, key: "today", title: "Today", count: 0 }],
    panels: [
        {
            key: "waiting",
            kind: "records",
            title: "Waiting",
            more: TILE,
            empty: "",
            rows: [{ id: 7, model: "waste.pickup", title: "Hongda", lines: ["SY1", "Yueyun"], badge: "Today", tone: "info", phone: "138" }],
        },
        { key: "done", kind: "records", title: "Done", more: TILE, empty: "Nothing to do.", rows: [] },
        {
            key: "sums",
            kind: "table",
            title: "Sums",
            columns: ["Company", "Amount"],
            empty: "",
            rows: [{ cells: ["DS-HW", "4,770"], action: "x.invoices", domain: [["id", "=", 1]] }],
        },
        {
            key: "setup",
            kind: "checklist",
            title: "Setup",
            done_count: 1,
            steps: [
                { label: "Codes", hint: "WIM names it", done: true, action: "x.companies", domain: [] },
                { label: "Charts", hint: "To invoice", done: false, action: "x.companies", domain: [["id", "=", 2]] },
            ],
        },
    ],
};

defineMailModels();

beforeEach(() => {
    onRpc("scrm.workbench", "get_home", ({ kwargs }) => {
        expect.step(`get_home ${kwargs.role}`);
        return { ...HOME, role: kwargs.role || "dispatcher" };
    });
    mockService("action", {
        loadAction: async (action) => ({ name: action, context: { search_default_mine: 1, default_kind: "a" } }),
        doAction: async (action, options) => expect.step(JSON.stringify([action, options])),
    });
});

const mountHome = () => mountWithCleanup(Workbench, { props: { action: {} } });

test("tiles, rows, table and checklist are shown", async () => {
    await mountHome();

    expect(queryAllTexts(".o_scrm_tile_count")).toEqual(["3", "0"]);
    expect("[data-tile=overdue]").toHaveClass("o_tone_danger");
    expect("[data-tile=today]").toHaveClass("o_tone_none");
    expect("[data-panel=waiting] a[href='tel:138']").toHaveCount(1);
    expect("[data-panel=done]").toHaveText(/Nothing to do\./);
    expect(queryAllTexts("[data-panel=sums] td")).toEqual(["DS-HW", "4,770"]);
    expect("[data-panel=setup] .o_scrm_done").toHaveText("1 / 2");
    expect("[data-panel=setup] .o_scrm_badge").toHaveCount(1);
    expect.verifySteps(["get_home null"]);
});

test("a tile opens the list of what it counts, without other filters", async () => {
    await mountHome();
    await click("[data-tile=overdue]");
    await animationFrame();

    expect.verifySteps([
        "get_home null",
        JSON.stringify([
            { name: "Overdue", context: { default_kind: "a" }, domain: TILE.domain, display_name: "Overdue" },
            null,
        ]),
    ]);
});

test("a row opens its record, a shortcut an empty form", async () => {
    await mountHome();
    await click("[data-panel=waiting] .o_scrm_row");
    await animationFrame();
    await click("[data-key=pickup]");
    await animationFrame();

    expect.verifySteps([
        "get_home null",
        JSON.stringify([
            { name: TILE.action, context: { default_kind: "a" }, res_id: 7 },
            { viewType: "form", props: { resId: 7 } },
        ]),
        JSON.stringify(["x.pickups", { viewType: "form", additionalContext: { a: 1 } }]),
    ]);
});

test("another role is another page", async () => {
    await mountHome();
    await click("[data-role=finance]");
    await animationFrame();

    expect("[data-role=finance]").toHaveClass("active");
    expect.verifySteps(["get_home null", "get_home finance"]);
});

test("a number leads to its life cycle; no number leads nowhere", async () => {
    await mountHome();
    await click(".o_scrm_search button");
    await click(".o_scrm_search input");
    await edit(" PC-1 ");
    await click(".o_scrm_search button");
    await animationFrame();

    expect.verifySteps([
        "get_home null",
        JSON.stringify([
            {
                name: "waste_track.waste_lifecycle_action",
                context: { search_default_mine: 1, default_kind: "a" },
                params: { text: "PC-1" },
            },
            null,
        ]),
    ]);
});

test("the first visit shows all companies, later ones what the user has chosen", async () => {
    const companies = [
        { id: 1, name: "HW", sequence: 1, parent_id: false, child_ids: [] },
        { id: 2, name: "KW", sequence: 2, parent_id: false, child_ids: [] },
    ];
    patchWithCleanup(user, {
        allowedCompanies: companies,
        get activeCompanies() {
            return companies.slice(0, 1);
        },
        get activeCompany() {
            return companies[0];
        },
        activateCompanies: (ids, options) => expect.step(`${ids} ${options.reload}`),
    });
    browser.localStorage.removeItem(`scrm_base.companies_chosen.${serverState.userId}`);

    await mountHome();
    expect.verifySteps(["1,2 false", "get_home null"]);

    await mountHome();
    expect.verifySteps(["get_home null"]);
    expect(".o_scrm_companies:first").toHaveText(/HW/);
    await click(".o_scrm_companies button:first");
    expect.verifySteps(["1,2 true"]);
});
