import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";
import { fuzzyLookup } from "@web/core/utils/search";

/** What a document may say, to choose from: the allow-list of its model, in words. */
export class PlaceholderDialog extends Component {
    static template = "document_template.PlaceholderDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        insert: Function,
        placeholders: { type: Array, element: { type: Object, shape: { name: String, label: String } } },
    };

    setup() {
        this.state = useState({ search: "" });
        useAutofocus({ refName: "search" });
    }

    get found() {
        const { search } = this.state;
        return search
            ? fuzzyLookup(search, this.props.placeholders, ({ name, label }) => `${label} ${name}`)
            : this.props.placeholders;
    }

    choose(placeholder) {
        this.props.insert(placeholder.name);
        this.props.close();
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && this.found.length) {
            ev.preventDefault();
            this.choose(this.found[0]);
        }
    }
}
