import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("scrm_base_workbench", {
    steps: () => [
        {
            content: "The dispatcher starts on his home page; one pickup is overdue",
            trigger: "[data-tile=overdue] .o_scrm_tile_count:contains(1)",
        },
        { content: "Its producer is named", trigger: "[data-panel=to_dispatch] .o_scrm_row_title:contains(宏达电路板厂)" },
        {
            content: "Open what was counted",
            trigger: "[data-tile=overdue]",
            run: "click",
        },
        {
            content: "The list or the cards hold this one",
            trigger: ".o_list_view .o_data_row, .o_kanban_view .o_kanban_record:not(.o_kanban_ghost)",
        },
        {
            content: "Go back to the home page",
            trigger: ".o_breadcrumb .o_back_button, .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Open the pickup itself",
            trigger: "[data-panel=to_dispatch] .o_scrm_row",
            run: "click",
        },
        { content: "Its form", trigger: ".o_form_view .o_field_widget[name=producer_id] input:value(宏达电路板厂)" },
        {
            content: "Go back again",
            trigger: ".o_breadcrumb .o_back_button, .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Ask where a batch is",
            trigger: ".o_scrm_search input",
            run: "edit PC-HOME-1",
        },
        { trigger: ".o_scrm_search button[type=submit]", run: "click" },
        { content: "Its life cycle", trigger: ".o_waste_lifecycle:contains(PC-HOME-1)" },
    ],
});
