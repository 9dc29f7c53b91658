import { HtmlField, htmlField } from "@html_editor/fields/html_field";
import { registry } from "@web/core/registry";
import { DocumentPlaceholderPlugin } from "./placeholder_plugin";

/** Odoo's HTML editor with the placeholders of the document whose model the record names in `model`. */
export class DocumentHtmlField extends HtmlField {
    getConfig() {
        const config = super.getConfig();
        return {
            ...config,
            Plugins: [...config.Plugins, DocumentPlaceholderPlugin],
            documentModel: this.props.record.data.model,
        };
    }
}

export const documentHtmlField = { ...htmlField, component: DocumentHtmlField };

registry.category("fields").add("document_html", documentHtmlField);
