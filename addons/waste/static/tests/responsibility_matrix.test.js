import { describe, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts, queryOne, select } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const CHIP = { category: "", date_from: "2026-01-01", date_to: "", is_upcoming: false };
const ZHANG = { ...CHIP, id: 11, user_id: 5, name: "张伟", share: 60 };
const MATRIX = {
    total: 2,
    can_edit: true,
    businesses: [
        { id: 1, name: "危险废物", color: 1 },
        { id: 2, name: "餐厨垃圾", color: 2 },
    ],
    users: [
        { id: 5, name: "张伟" },
        { id: 6, name: "李娜" },
    ],
    producers: [
        {
            id: 31,
            name: "宏达电路板厂",
            uscc: "91441900DEM000014R",
            cells: {
                1: [ZHANG, { ...CHIP, id: 12, user_id: 6, name: "李娜", share: 100, category: "HW22" }],
                2: [{ ...ZHANG, id: 13, share: 100, date_from: "2027-01-01", is_upcoming: true }],
            },
        },
        { id: 32, name: "恒达塑胶", uscc: "", cells: {} },
    ],
};

async function openMatrix(matrix = MATRIX) {
    onRpc("waste.assignment", "get_matrix", ({ kwargs }) => {
        expect.step([kwargs.search, kwargs.business_id, kwargs.user_id, kwargs.only_gaps, kwargs.offset, kwargs.limit]);
        return matrix;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "waste.responsibility_matrix" });
    expect.verifySteps([["", false, false, false, 0, 40]]);
}

function texts(selector) {
    return queryAllTexts(selector).map((text) => text.replace(/\s+/g, " "));
}

test("cells show names, shares, categories and what is open", async () => {
    await openMatrix();

    expect(queryAllTexts(".o_waste_matrix_head > div")).toEqual(["Producer", "危险废物", "餐厨垃圾"]);
    expect(texts(".o_waste_matrix_chip")).toEqual(["张伟 60 %", "李娜 HW22 100 %", "张伟 100 %"]);
    expect(".o_waste_matrix_upcoming").toHaveCount(1);
    // The chip of one category and the one that is yet to start leave the share of today as it is.
    expect(texts(".o_waste_matrix_open")).toEqual(["40 % open", "100 % open"]);
    expect(".o_waste_matrix_add").toHaveCount(4);
    // One colour per person, the same in every cell.
    const color = (chip) => [...chip.classList].find((name) => name.startsWith("o_tag_color_"));
    expect(color(queryOne(".o_waste_matrix_chip:eq(0)"))).toBe(color(queryOne(".o_waste_matrix_chip:eq(2)")));
    expect(color(queryOne(".o_waste_matrix_chip:eq(0)"))).not.toBe(color(queryOne(".o_waste_matrix_chip:eq(1)")));
});

test("who may only read sees no plus", async () => {
    await openMatrix({ ...MATRIX, can_edit: false });

    expect(".o_waste_matrix_chip").toHaveCount(3);
    expect(".o_waste_matrix_add").toHaveCount(0);
    expect(".o_waste_matrix_transfer").toHaveCount(0);
});

test("filters ask the server again, from the first page", async () => {
    await openMatrix();

    await click(".o_waste_matrix_search");
    await edit("宏达");
    await advanceTime(300);
    expect.verifySteps([["宏达", false, false, false, 0, 40]]);
    await click(".o_waste_matrix_business");
    await select("2");
    await animationFrame();
    expect.verifySteps([["宏达", 2, false, false, 0, 40]]);
    await click(".o_waste_matrix_user");
    await select("6");
    await animationFrame();
    expect.verifySteps([["宏达", 2, 6, false, 0, 40]]);
    await click(".o_waste_matrix_gaps");
    await animationFrame();
    expect.verifySteps([["宏达", 2, false, true, 0, 40]]);
    expect(".o_waste_matrix_gaps").toHaveClass("active");
});

test("the pager turns the pages", async () => {
    await openMatrix({ ...MATRIX, total: 100 });

    await click(".o_pager_next");
    await animationFrame();

    expect.verifySteps([["", false, false, false, 40, 40]]);
});

test("an empty matrix says what to do", async () => {
    await openMatrix({ ...MATRIX, total: 0, producers: [] });

    expect(".o_view_nocontent").toHaveText(/Give a company the role Producer/);
    await click(".o_waste_matrix_gaps");
    await animationFrame();
    expect.verifySteps([["", false, false, true, 0, 40]]);
    await click(".o_view_nocontent button");
    await animationFrame();
    expect.verifySteps([["", false, false, false, 0, 40]]);
});
