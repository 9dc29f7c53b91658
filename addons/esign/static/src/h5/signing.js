import { CodeBox } from "./code_box";
import { busy, find, findAll, say, sentenceOf, text } from "./dom";
import { Handwriting, show } from "./handwriting";
import { Reading } from "./reading";
import { post } from "./request";

const nonce = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** One document, one person, one step at a time; the phone's back key goes one step back. */
export class Signing {
    constructor(root) {
        this.root = root;
        this.steps = findAll("[data-step]", root);
        this.reading = new Reading(find("[data-step=read]", root), (pages) => this.finishReading(pages));
        this.strokes = null;
        this.wire();
        window.addEventListener("popstate", (event) => this.go(event.state?.step || this.steps[0].dataset.step, false));
        this.go(this.steps[0].dataset.step, false);
    }

    wire() {
        for (const button of findAll("[data-next]", this.root)) {
            button.addEventListener("click", () => this.forward(button));
        }
        for (const button of findAll("[data-open]", this.root)) {
            button.addEventListener("click", () => find(`#${button.dataset.open}`).showModal());
        }
        for (const button of findAll("dialog [data-close]")) {
            button.addEventListener("click", () => button.closest("dialog").close());
        }
        for (const form of findAll("dialog form")) {
            const box = find(".code-box", form);
            const code = box && new CodeBox(box);
            form.addEventListener("submit", (event) => this.submitForm(event, form, code));
        }
        const codeStep = find("[data-step=code]", this.root);
        if (codeStep) {
            const check = find("[data-do=check]", codeStep);
            this.code = new CodeBox(codeStep);
            check.addEventListener("click", () => this.checkCode(check));
            this.code.field.addEventListener("input", () => this.code.field.value.length === 6 && this.checkCode(check));
        }
        for (const button of findAll("[data-do=write]", this.root)) {
            button.addEventListener("click", () => this.write());
        }
        find("[data-do=submit]", this.root).addEventListener("click", (event) => this.submit(event.currentTarget));
        for (const verdict of findAll("[name=verdict]", this.root)) {
            verdict.addEventListener("change", () => this.judge());
        }
    }

    go(name, remember = true) {
        for (const step of this.steps) {
            step.hidden = step.dataset.step !== name;
        }
        if (remember) {
            history.pushState({ step: name }, "");
        }
        window.scrollTo(0, 0);
        this.mark(name);
        if (name === "read") {
            this.reading.start();
        }
        if (name === "write") {
            this.offer();
            if (!this.strokes && !this.returned) {
                this.write();
            }
        }
    }

    /** Where are we: the dots under the heading. */
    mark(name) {
        const place = this.steps.findIndex((step) => step.dataset.step === name);
        findAll(".path li", this.root).forEach((item, index) => {
            item.classList.toggle("done", index < place);
            item.toggleAttribute("aria-current", index === place);
        });
    }

    following(step) {
        return this.steps[this.steps.findIndex((item) => item.dataset.step === step) + 1].dataset.step;
    }

    forward(button) {
        const step = button.closest("[data-step]");
        const missing = findAll("[required]", step).find((field) => !field.checkValidity());
        const message = find("[data-message]", step);
        if (missing) {
            say(message, text(missing.dataset.missing));
            missing.focus();
            return;
        }
        if (message) {
            say(message);
        }
        this.go(this.following(step.dataset.step));
    }

    async finishReading(pages) {
        const message = find("[data-step=read] [data-message]", this.root);
        await busy(this.reading.next, async () => {
            try {
                await post("/sign/seen", { pages, complete: "1" }, { again: true });
                say(message);
                this.go(this.following("read"));
            } catch (error) {
                say(message, sentenceOf(error));
            }
        });
    }

    // REVIEW

    /** A returned document needs reasons, and no signature. */
    judge() {
        this.nonce = null;
        find("[name=opinion]", this.root).required = this.returned;
        find("[data-opinion-needed]", this.root).hidden = !this.returned;
    }

    // CODE

    async checkCode(button) {
        await busy(button, async () => {
            if (await this.code.check()) {
                this.go(this.following("code"));
            }
        });
    }

    // HANDWRITING

    async write() {
        this.handwriting ||= new Handwriting(find("#handwriting"));
        const strokes = await this.handwriting.open();
        if (!strokes) {
            return;
        }
        this.strokes = strokes;
        // a new writing is a new wish to sign; the same one sent again is not
        this.nonce = nonce();
        show(find("[data-step=write] canvas", this.root), strokes);
        this.offer();
    }

    get returned() {
        return find("[name=verdict]:checked", this.root)?.value === "return";
    }

    /** The last step shows what can be sent: the handwriting, or the return without one. */
    offer() {
        find("[data-returned]", this.root).hidden = !this.returned;
        find("[data-written]", this.root).hidden = this.returned || !this.strokes;
        find("[data-unwritten]", this.root).hidden = this.returned || Boolean(this.strokes);
        find("[data-do=submit]", this.root).hidden = !this.returned && !this.strokes;
        this.nonce ||= nonce();
    }

    fields() {
        const checked = (name) => (find(`[name=${name}]`, this.root)?.checked ? "1" : "");
        const fields = {
            strokes: this.returned ? "" : JSON.stringify(this.strokes),
            base_sha256: this.root.dataset.sha256,
            nonce: this.nonce,
            statement: checked("statement"),
            keep_strokes: checked("keep_strokes"),
        };
        const verdict = find("[name=verdict]:checked", this.root);
        return verdict
            ? { ...fields, verdict: verdict.value, opinion: find("[name=opinion]", this.root).value,
                files: [...find("[name=files]", this.root).files] }
            : fields;
    }

    async submit(button) {
        const message = find("[data-step=write] [data-message]", this.root);
        await busy(button, async () => {
            try {
                await post(this.root.dataset.submit, this.fields(), {
                    again: true, onRetry: (attempt) => say(message, text("retrying", { attempt })),
                });
                location.replace("/sign/page");
            } catch (error) {
                if (error.code === "code" && this.code) {
                    this.go("code");
                    this.code.again(sentenceOf(error));
                } else {
                    say(message, error.code === "network" ? text("not_sent") : sentenceOf(error));
                }
            }
        });
    }

    // DECLINE, DELEGATE

    async submitForm(event, form, code) {
        event.preventDefault();
        const message = find(":scope > [data-message]", form);
        await busy(find("[type=submit]", form), async () => {
            if (code && !(await code.check())) {
                return;
            }
            try {
                await post(form.getAttribute("action"), Object.fromEntries(new FormData(form)));
                if (form.dataset.done) {
                    // this link has just ended: nothing is left to show but that it went well
                    const last = Object.assign(document.createElement("p"), { className: "notice good large" });
                    last.textContent = text(form.dataset.done);
                    form.replaceChildren(last);
                } else {
                    location.replace("/sign/page");
                }
            } catch (error) {
                say(message, sentenceOf(error));
            }
        });
    }
}
