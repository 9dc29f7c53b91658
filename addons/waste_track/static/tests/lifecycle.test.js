import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import {
    connect,
    countGroups,
    gutterWidth,
    layoutRows,
    presentCell,
    ROW_HEIGHT,
    shareBar,
    shortTime,
    timeline,
} from "@waste_track/lifecycle/lifecycle_model";

describe.current.tags("desktop");

const NODES = ["packed", "loaded", "stored", "converted", "disposed"].map((key) => ({ key, label: key }));

function makeRow(id, values = {}) {
    return {
        id,
        name: `B${id}`,
        digital_code: null,
        state: "warehoused",
        group: "stored",
        place: "A03",
        declared_kg: 20,
        accepted_kg: 20,
        own_kg: 20,
        own_percent: 100,
        depth: 0,
        parents: [],
        children: [],
        sources: [],
        pending: ["disposed"],
        cells: { packed: { kind: "PACKED", at: "2026-06-30 08:00:00", status: "done" } },
        ...values,
    };
}

const SPLIT = [
    makeRow(1, {
        group: "converted",
        pending: [],
        children: [
            { id: 2, kg: 5, percent: 25 },
            { id: 3, kg: 15, percent: 75 },
        ],
    }),
    makeRow(2, { parents: [1], made: { kind: "split" }, sources: [{ id: 1, kg: 5, percent: 100, is_own: true }] }),
    makeRow(3, {
        group: "disposed",
        parents: [1],
        made: { kind: "split" },
        sources: [{ id: 1, kg: 15, percent: 100, is_own: true }],
    }),
    makeRow(4, { group: "refused", digital_code: "91441900DEM0000577" }),
];
const MERGE = [
    makeRow(1),
    makeRow(9),
    makeRow(2),
    makeRow(3, {
        parents: [1, 2],
        made: { kind: "merge" },
        sources: [
            { id: 1, kg: 20, percent: 33.3, is_own: true },
            { id: 2, kg: 20, percent: 33.3, is_own: true },
            { id: 7, kg: 20, percent: 33.4, is_own: false, batch_name: "PC7", batch_id: 70 },
        ],
    }),
];

describe("rows", () => {
    test("every conversion moves one step in", () => {
        expect(layoutRows(SPLIT).map((row) => [row.name, row.index, row.level])).toEqual([
            ["B1", 0, 0],
            ["B2", 1, 1],
            ["B3", 2, 1],
            ["B4", 3, 0],
        ]);
        expect(gutterWidth(layoutRows(SPLIT))).toBe(46);
        expect(gutterWidth([])).toBe(20);
    });

    test("a filter leaves its rows, and lines only between them", () => {
        const disposed = layoutRows(SPLIT, { group: "disposed" });
        expect(disposed.map((row) => [row.name, row.index, row.level])).toEqual([["B3", 0, 0]]);
        expect(connect(disposed)).toEqual([]);
    });

    test("text finds numbers and digital codes", () => {
        expect(layoutRows(SPLIT, { text: " b3 " }).map((row) => row.name)).toEqual(["B3"]);
        expect(layoutRows(SPLIT, { text: "dem0000577" }).map((row) => row.name)).toEqual(["B4"]);
        expect(layoutRows(SPLIT, { text: "nothing" })).toEqual([]);
    });

    test("groups are counted in the order of the filters", () => {
        expect(countGroups(SPLIT)).toEqual([
            { group: "stored", count: 1 },
            { group: "disposed", count: 1 },
            { group: "refused", count: 1 },
            { group: "converted", count: 1 },
        ]);
    });

    test("a split is drawn down from its source and into each share", () => {
        const lines = connect(layoutRows(SPLIT));
        expect(lines.map(({ key, from, to, kind }) => ({ key, from, to, kind }))).toEqual([
            { key: "1-2", from: 0, to: 1, kind: "split" },
            { key: "1-3", from: 0, to: 2, kind: "split" },
        ]);
        const y = ROW_HEIGHT * 1.5;
        expect(lines[0].path).toBe(`M10 ${ROW_HEIGHT / 2}V${y - 7}Q10 ${y} 17 ${y}H36`);
    });

    test("a merge leaves its sources sideways, past a row that has no part in it", () => {
        const lines = connect(layoutRows(MERGE));
        expect(lines.map((line) => [line.from, line.to, line.kind])).toEqual([
            [0, 3, "merge"],
            [2, 3, "merge"],
        ]);
        const y = ROW_HEIGHT * 3.5;
        expect(lines[0].path).toBe(`M10 ${ROW_HEIGHT / 2}H23V${y - 7}Q23 ${y} 30 ${y}H36`);
    });
});

describe("cells", () => {
    test("done, pending and what does not apply", () => {
        mockTimeZone(8);
        mockDate("2026-11-22 10:00:00");
        const [row] = SPLIT.slice(1);
        expect(presentCell(row, "packed")).toEqual({ status: "done", kind: "PACKED", day: "06-30", time: "16:00" });
        expect(presentCell(row, "disposed")).toEqual({ status: "pending" });
        expect(presentCell(row, "loaded")).toEqual({ status: "none" });
    });

    test("another year is told", () => {
        mockTimeZone(8);
        mockDate("2027-02-01 10:00:00");
        expect(shortTime("2026-12-31 16:30:00")).toEqual({ day: "01-01", time: "00:30" });
        expect(shortTime("2026-12-31 15:30:00")).toEqual({ day: "2026-12-31", time: "23:30" });
    });

    test("a package that was made and converted again tells both", () => {
        const made = { kind: "split", at: "2026-07-03 08:00:00", status: "made" };
        const row = makeRow(5, {
            pending: [],
            cells: { converted: { kind: "MERGED", at: "2026-07-04 08:00:00", status: "done", more: [made] } },
        });
        expect(timeline(row, NODES).map((entry) => [entry.key, entry.cell.kind])).toEqual([
            ["born", "split"],
            ["converted", "MERGED"],
        ]);
    });

    test("shares of a mixed package add up to a hundred; a share of one source needs no bar", () => {
        const bar = shareBar(MERGE[3]);
        expect(bar.map((share) => share.is_own)).toEqual([true, true, false]);
        expect(bar.reduce((total, share) => total + share.percent, 0)).toBeCloseTo(100);
        expect(shareBar(SPLIT[1])).toEqual([]);
        expect(shareBar(SPLIT[0])).toEqual([]);
    });
});

describe("page", () => {
    defineMailModels();

    function makePage(rows, values = {}) {
        return {
            detail: {
                id: 5,
                line_no: "DS-1-01",
                waste_name: "含铜污泥",
                waste_code: "398-004-22",
                category: "HW22 含铜废物",
                hazards: [{ code: "T", name: "毒性" }],
                physical_form: "",
                company: "危废公司",
                producer: { id: 7, name: "宏达电路板厂" },
                contract: { id: 8, name: "DS-1" },
                business: { code: "hazardous", name: "危险废物" },
            },
            batches: [
                { id: 3, name: "PC3", date: "2026-07-02 13:00:00", packages: 2, kg: 40, state: "stored", state_label: "In Storage" },
            ],
            batch_total: 1,
            batch: { id: 3, name: "PC3", package_count: 8, declared_kg: 625, gate_kg: 620, accepted_kg: 620, disposed_kg: 0, stock_kg: 620 },
            progress: [
                { key: "contract", label: "Contract", state: "done", date: "2025-12-20", text: "Active", facts: [["Contract No.", "DS-1"]] },
            ],
            nodes: NODES,
            rows,
            names: {
                units: {},
                methods: {},
                packagings: {},
                states: { warehoused: "In Storage" },
                kinds: { PACKED: "Packed", split: "Split" },
            },
            ...values,
        };
    }

    async function openPage(page, params = { batch_id: 3 }) {
        // The systray of the web client counts what waits for the user's approval.
        onRpc("res.users", "review_user_count", () => []);
        onRpc("waste.batch", "get_lifecycle", ({ kwargs }) => {
            expect.step([kwargs.batch_id, kwargs.contract_line_id]);
            return page;
        });
        await mountWithCleanup(WebClient);
        await getService("action").doAction({ type: "ir.actions.client", tag: "waste_track.lifecycle", params });
        await animationFrame();
    }

    test("rows, lines and shares are drawn; filters and nodes answer", async () => {
        const merge = MERGE.map((row) => ({
            ...row,
            id: row.id + 20,
            name: `M${row.id}`,
            parents: row.parents.map((id) => id + 20),
        }));
        await openPage(makePage([...SPLIT, makeRow(20), ...merge]));
        expect.verifySteps([[3, null]]);
        expect(".o_wl_head h2").toHaveText("含铜污泥");
        expect(".o_wl_rows .o_wl_row").toHaveCount(9);
        expect(".o_wl_lines path").toHaveCount(4);
        expect("[data-package=B2] .o_wl_share_text").toHaveText("5 kg · 25 % of B1");
        expect("[data-package=B2] [data-node=packed] .o_wl_node").toHaveCount(1);
        expect(".o_wl_bar > span").toHaveCount(3);

        await contains("button[data-group=refused]").click();
        expect(queryAllTexts(".o_wl_rows .o_wl_name .btn-link")).toEqual(["B4"]);
        await contains("button[data-group=refused]").click();

        await contains("[data-package=B1] [data-node=packed] .o_wl_node").click();
        expect(".o_wl_facts").toHaveCount(1);
        expect(".o_wl_facts .o_wl_fact_kind").toHaveText("Packed");
    });

    test("a thousand packages draw only what can be seen", async () => {
        await openPage(makePage(Array.from({ length: 1000 }, (_each, at) => makeRow(at + 1))));
        expect.verifySteps([[3, null]]);
        expect(document.querySelectorAll(".o_wl_rows .o_wl_row").length).toBeLessThan(150);
        expect(queryFirst(".o_wl_rows").style.height).toBe(`${1000 * ROW_HEIGHT}px`);
    });

    test("bins without numbers show the figures of the batch", async () => {
        const batch = { ...makePage([]).batch, nodes: [{ label: "Weighed", at: "2026-07-02 11:00:00", fact: "620 kg" }] };
        await openPage(makePage([], { batch }));
        expect.verifySteps([[3, null]]);
        expect(".o_wl_uncounted").toHaveCount(1);
        expect(queryAllTexts(".o_wl_figures .fs-4").slice(0, 2)).toEqual(["8", "625 kg"]);
        expect(".o_wl_course li").toHaveCount(1);
    });

    test("without a number the page explains itself; a search opens a batch", async () => {
        onRpc("waste.batch", "find_lifecycle", ({ kwargs }) => {
            expect.step(kwargs.text);
            return [{ kind: "package", name: "B4", hint: "", batch_id: 3, package_id: 4 }];
        });
        await openPage(makePage(SPLIT), {});
        expect(".o_wl_welcome").toHaveCount(1);

        await contains(".o_wl_search input").edit("B4", { confirm: false });
        await click(".o_wl_search button");
        await animationFrame();
        await animationFrame();

        expect.verifySteps(["B4", [3, null]]);
        expect("[data-package=B4]").toHaveClass("o_wl_pointed");
    });

    test("a waste detail without batch says so", async () => {
        await openPage(makePage([], { batch: null, batches: [], progress: [] }), { contract_line_id: 5 });
        expect.verifySteps([[null, 5]]);
        expect(".o_wl_empty").toHaveText(/Nothing was collected yet/);
    });
});
