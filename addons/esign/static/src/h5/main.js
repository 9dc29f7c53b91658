import { busy, find, findAll, say, text } from "./dom";
import { Signing } from "./signing";

/** What goes up is checked here too, so that nobody waits for 50 MB to be refused. */
function verification(form) {
    const field = find("[type=file]", form);
    const message = find("[data-message]", form);
    form.addEventListener("submit", (event) => {
        const file = field.files[0];
        if (!file || file.size > Number(form.dataset.most)) {
            event.preventDefault();
            say(message, text(file ? "file_large" : "file_missing"));
            return;
        }
        say(message);
        // never settles: the answer is another page
        busy(find("[type=submit]", form), () => new Promise(() => {}));
    });
    field.addEventListener("change", () => {
        find("[data-file-name]", form).textContent = field.files[0]?.name || "";
        say(message);
    });
}

function start() {
    const network = find("#offline");
    const tell = () => (network.hidden = navigator.onLine);
    window.addEventListener("online", tell);
    window.addEventListener("offline", tell);
    tell();
    // a page that the back key brings out of the browser's memory shows the state of then
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    findAll("form.verify").forEach(verification);
    const signing = find("#esign[data-submit]");
    if (signing) {
        new Signing(signing);
    }
}

if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
} else {
    start();
}
