import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Type "/" as a person does: the editor listens to input events of the document. */
function typeSlash() {
    const paragraph = this.anchor.querySelector("p") || this.anchor;
    const selection = document.getSelection();
    selection.removeAllRanges();
    const range = document.createRange();
    range.selectNodeContents(paragraph);
    range.collapse(false);
    selection.addRange(range);
    document.execCommand("insertText", false, "/");
}

registry.category("web_tour.tours").add("waste_contract_write_template", {
    steps: () => [
        { trigger: ".o_data_cell:contains('Disposal contract: tour')", run: "click" },
        { trigger: "button[name=action_edit]", run: "click" },
        { trigger: ".o_form_view .o_arrow_button_current[data-value=draft]" },
        // The next version gets a clause with a placeholder …
        { trigger: ".o_field_widget[name=clause_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit 送达" },
        { trigger: ".modal .odoo-editor-editable", run: "click" },
        { trigger: ".modal .odoo-editor-editable", run: typeSlash },
        { trigger: ".o-we-command:has(.fa-hashtag)", run: "click" },
        { trigger: ".o_document_placeholder_search", run: "edit producer.name" },
        { trigger: ".list-group-item[data-placeholder='producer.name']", run: "click" },
        { trigger: ".modal .odoo-editor-editable:contains('{{producer.name}}')" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_data_row:contains('送达')" },
        // … that the preview fills at once, before anything is saved …
        { trigger: ".nav-link[name=preview]", run: "click" },
        { trigger: ".o_field_widget[name=preview] :iframe body:contains('送达'):contains('宏达电路板厂')" },
        ...stepUtils.saveForm(),
        // … and is put into force.
        { trigger: "button[name=action_publish]", run: "click" },
        { trigger: ".modal .btn-primary", run: "click" },
        { trigger: ".o_arrow_button_current[data-value=published]" },
    ],
});
