import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("waste_contract_write", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=partner_id] input", run: "edit 宏达电路板厂" },
        { trigger: ".o-autocomplete--dropdown-item:contains('宏达电路板厂')", run: "click" },
        { trigger: ".o_field_widget[name=business_id] input", run: "click" },
        { trigger: ".o_field_widget[name=business_id] .o-autocomplete--dropdown-item:contains('Hazardous')", run: "click" },
        { trigger: ".o_field_widget[name=order_line] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_selected_row [name=waste_name] input", run: "edit 废活性炭" },
        { trigger: ".o_selected_row [name=waste_code_id] input", run: "edit 900-039-49" },
        { trigger: ".o-autocomplete--dropdown-item:contains('900-039-49')", run: "click" },
        { trigger: ".o_selected_row [name=planned_quantity_t] input", run: "edit 10" },
        { trigger: ".o_selected_row [name=price_unit] input", run: "edit 2800" },
        { trigger: "button[name=action_submit]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('In Approval')" },
    ],
});
