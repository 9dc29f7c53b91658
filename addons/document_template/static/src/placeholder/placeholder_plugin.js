import { Plugin } from "@html_editor/plugin";
import { withSequence } from "@html_editor/utils/resource";
import { _t } from "@web/core/l10n/translation";
import { PlaceholderDialog } from "./placeholder_dialog";

/** Inserts {{placeholders}}: choose them by "/" or by the button of an empty line. */
export class DocumentPlaceholderPlugin extends Plugin {
    static id = "documentPlaceholder";
    static dependencies = ["dialog", "dom", "history", "selection"];
    resources = {
        user_commands: [
            {
                id: "insertDocumentPlaceholder",
                title: _t("Placeholder"),
                description: _t("Insert what the document knows"),
                icon: "fa-hashtag",
                run: () => this.open(),
            },
        ],
        powerbox_categories: withSequence(1, { id: "document", name: _t("Document") }),
        powerbox_items: { categoryId: "document", commandId: "insertDocumentPlaceholder" },
        power_buttons: { commandId: "insertDocumentPlaceholder" },
    };

    async open() {
        const selection = this.dependencies.selection.preserveSelection();
        const placeholders = await this.services.orm.call(
            "document.template.version",
            "get_placeholders",
            [this.config.documentModel || ""]
        );
        await this.dependencies.dialog.addDialog(PlaceholderDialog, {
            placeholders,
            insert: (name) => {
                selection.restore();
                this.dependencies.dom.insert(`{{${name}}}`);
                this.dependencies.history.addStep();
            },
        });
    }
}
