import { busy, find, say, sentenceOf, text } from "./dom";
import { post } from "./request";

/** A code sent to the phone and typed in here. */
export class CodeBox {
    constructor(root) {
        this.root = root;
        this.message = find("[data-message]", root);
        this.field = find("[name=code]", root);
        this.button = find("[data-do=code]", root);
        this.button.addEventListener("click", () => this.send());
        this.field.addEventListener("input", () => {
            this.field.value = this.field.value.normalize("NFKC").replace(/\D/g, "").slice(0, 6);
        });
    }

    async send() {
        await busy(this.button, async () => {
            try {
                const { wait } = await post("/sign/code");
                say(this.message);
                find("[data-sent]", this.root).hidden = false;
                this.field.focus();
                this.countDown(wait);
            } catch (error) {
                say(this.message, sentenceOf(error));
            }
        });
        this.button.disabled = Boolean(this.counting);
    }

    countDown(seconds) {
        clearInterval(this.counting);
        const end = Date.now() + seconds * 1000;
        const tick = () => {
            const left = Math.ceil((end - Date.now()) / 1000);
            this.button.textContent = left > 0 ? text("resend_in", { seconds: left }) : text("resend");
            if (left <= 0) {
                clearInterval(this.counting);
                this.counting = null;
                this.button.disabled = false;
            }
        };
        this.counting = setInterval(tick, 500);
        tick();
    }

    /** @returns {Promise<boolean>} whether the server took the code */
    async check() {
        if (this.checked) {
            return true;
        }
        if (this.field.value.length !== 6) {
            say(this.message, text("code_length"));
            this.field.focus();
            return false;
        }
        try {
            await post("/sign/code/check", { code: this.field.value });
            say(this.message);
            this.checked = true;
        } catch (error) {
            this.field.value = "";
            say(this.message, sentenceOf(error));
            this.field.focus();
        }
        return Boolean(this.checked);
    }

    /** The server wants another code: what it said stands here. */
    again(sentence) {
        this.checked = false;
        this.field.value = "";
        say(this.message, sentence);
    }
}
