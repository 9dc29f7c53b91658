import { registry } from "@web/core/registry";

const row = ".o_waste_matrix_row:contains(Tour Producer)";

registry.category("web_tour.tours").add("waste_responsibility_matrix", {
    steps: () => [
        {
            content: "Look for the producer",
            trigger: ".o_waste_matrix_search",
            run: "edit Tour Producer",
        },
        {
            content: "Assign somebody for kitchen waste",
            trigger: `${row} .o_waste_matrix_cell:nth-child(4) .o_waste_matrix_add`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=user_id] input",
            run: "edit Tour Zhang",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Zhang)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=share_percent] input",
            run: "edit 60",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The cell shows the salesperson and what is left",
            trigger: `${row} .o_waste_matrix_cell:nth-child(4):contains(40 % open) .o_waste_matrix_chip:contains(Tour Zhang)`,
            run: "click",
        },
        {
            content: "A click on the name opens the assignment",
            trigger: ".modal .o_field_widget[name=producer_id]:contains(Tour Producer), .modal .o_field_widget[name=producer_id] input:value(Tour Producer)",
        },
        {
            trigger: ".modal .o_form_button_cancel, .modal .btn-close",
            run: "click",
        },
        {
            content: "He is served: no gap here",
            trigger: "body:not(:has(.modal)) .o_waste_matrix_gaps",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent button:contains(Show all)",
            run: "click",
        },
        {
            trigger: ".o_waste_matrix_grid",
        },
    ],
});
