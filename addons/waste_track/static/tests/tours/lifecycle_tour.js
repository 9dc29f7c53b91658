import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("waste_track_lifecycle", {
    steps: () => [
        {
            content: "A phone keeps the buttons of a form behind one",
            isActive: ["mobile"],
            trigger: ".o_button_more",
            run: "click",
        },
        {
            content: "Open the life cycle from the contract",
            trigger: "button.oe_stat_button[name=action_open_lifecycle]",
            run: "click",
        },
        { content: "The progress starts with the contract", trigger: "[data-step=contract]:contains(Active)" },
        { content: "The shares of the split package are there", trigger: "[data-package='TOUR1-B']" },
        {
            content: "Show what was disposed of",
            trigger: "button[data-group=disposed]",
            run: "click",
        },
        { trigger: ".o_waste_lifecycle:not(:has([data-package='TOUR1-B'])) [data-package=TOUR2]" },
        {
            content: "Ask a node for its facts",
            trigger: "[data-package=TOUR2] [data-node=stored] .o_wl_node",
            run: "click",
        },
        { content: "The facts name the place", trigger: ".o_wl_facts:contains(甲类库-A03)" },
        {
            content: "Search for another number",
            trigger: ".o_wl_search input",
            run: "edit TOUR3",
        },
        { trigger: ".o_wl_search button[type=submit]", run: "click" },
        { content: "The package that was searched for is marked", trigger: ".o_wl_pointed[data-package=TOUR3]" },
    ],
});
