import { click, queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WimFailures } from "@waste_wim/failure_systray/failure_systray";

defineMailModels();

function countIs(...counts) {
    onRpc("wim.message", "get_failure_count", () => {
        expect.step("count");
        return counts.shift();
    });
}

test("the count of failures is shown and leads to them", async () => {
    countIs(3);
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
    await mountWithCleanup(WimFailures);
    await animationFrame();
    expect(queryText(".o_wim_failures_count")).toBe("3");

    await click(".o_wim_failures");

    expect.verifySteps(["count", "waste_wim.wim_message_action_failures"]);
});

test("nothing is shown while nothing failed", async () => {
    countIs(0);
    await mountWithCleanup(WimFailures);
    await animationFrame();

    expect(".o_wim_failures").toHaveCount(0);
    expect.verifySteps(["count"]);
});

test("the count follows, at most once a minute", async () => {
    countIs(1, 2);
    const systray = await mountWithCleanup(WimFailures);
    await animationFrame();

    systray.env.bus.trigger("ACTION_MANAGER:UI-UPDATED");
    await animationFrame();
    expect.verifySteps(["count"]);
    await advanceTime(61000);
    systray.env.bus.trigger("ACTION_MANAGER:UI-UPDATED");
    await animationFrame();

    expect.verifySteps(["count"]);
    expect(queryText(".o_wim_failures_count")).toBe("2");
});
