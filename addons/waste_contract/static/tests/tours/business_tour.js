import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const field = (name) => `.o_field_widget[name=${name}] input`;

registry.category("web_tour.tours").add("waste_contract_new_business", {
    steps: () => [
        // The business, what it gives its contracts, and what one company does differently.
        { trigger: "[data-menu-xmlid='waste_contract.waste_contract_configuration_menu']", run: "click" },
        { trigger: "[data-menu-xmlid='waste_contract.waste_business_menu']", run: "click" },
        { trigger: "[name=needs_manifest]" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: `.o_form_view ${field("name")}`, run: "edit 医疗废物" },
        { trigger: `.o_form_view ${field("code")}`, run: "edit medical" },
        { trigger: `.o_form_view ${field("needs_manifest")}`, run: "click" },
        { trigger: ".nav-link[name=contracts]", run: "click" },
        { trigger: field("contract_number_prefix"), run: "edit DS-YF-" },
        { trigger: ".nav-link[name=policies]", run: "click" },
        { trigger: ".o_field_widget[name=policy_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: `.modal ${field("tax_rate_percent")}`, run: "edit 3" },
        { trigger: `.modal ${field("contract_number_prefix")}`, run: "edit DS-YL-" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_field_widget[name=policy_ids] .o_data_row" },
        ...stepUtils.saveForm(),
    ],
});

// A contract of it, at once.
registry.category("web_tour.tours").add("waste_contract_of_new_business", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: field("partner_id"), run: "edit 宏达电路板厂" },
        { trigger: ".o-autocomplete--dropdown-item:contains('宏达电路板厂')", run: "click" },
        { trigger: field("business_id"), run: "edit 医疗废物" },
        { trigger: ".o_field_widget[name=business_id] .o-autocomplete--dropdown-item:contains('医疗废物')", run: "click" },
        { trigger: ".o_field_widget[name=order_line] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_selected_row [name=waste_name] input", run: "edit 感染性废物" },
        { trigger: ".o_selected_row [name=waste_code_id] input", run: "edit 841-001-01" },
        { trigger: ".o-autocomplete--dropdown-item:contains('841-001-01')", run: "click" },
        { trigger: ".o_selected_row [name=planned_quantity_t] input", run: "edit 10" },
        { trigger: ".o_selected_row [name=price_unit] input", run: "edit 3600" },
        { trigger: "button[name=action_submit]", run: "click" },
        { trigger: ".o_arrow_button_current[data-value=approving]" },
    ],
});
