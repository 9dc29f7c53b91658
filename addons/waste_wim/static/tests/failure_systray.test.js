import { click, queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { expect, test } from "@odoo/hoot";
import {
    defineMailModels,
} from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { session } from "@web/session";
import { WimFailures } from "@waste_wim/failure_systray/failure_systray";

defineMailModels();

test("the count of failures is shown and leads to them", async () => {
    patchWithCleanup(session, { wim_failure_count: 3 });
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
    await mountWithCleanup(WimFailures);
    expect(queryText(".o_wim_failures_count")).toBe("3");

    await click(".o_wim_failures");

    expect.verifySteps(["waste_wim.wim_message_action_failures"]);
});

test("nothing is shown while nothing failed", async () => {
    patchWithCleanup(session, { wim_failure_count: 0 });
    await mountWithCleanup(WimFailures);

    expect(".o_wim_failures").toHaveCount(0);
});

test("the count follows, at most once a minute", async () => {
    patchWithCleanup(session, { wim_failure_count: 1 });
    onRpc("wim.message", "get_failure_count", () => {
        expect.step("count");
        return 2;
    });
    const systray = await mountWithCleanup(WimFailures);

    systray.env.bus.trigger("ACTION_MANAGER:UI-UPDATED");
    await animationFrame();
    expect.verifySteps([]);
    await advanceTime(61000);
    systray.env.bus.trigger("ACTION_MANAGER:UI-UPDATED");
    await animationFrame();

    expect.verifySteps(["count"]);
    expect(queryText(".o_wim_failures_count")).toBe("2");
});
