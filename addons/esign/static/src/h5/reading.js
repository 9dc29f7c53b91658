import { find, findAll, text } from "./dom";
import { post } from "./request";

/** The paper as pictures, loaded as they come near; the way on opens after the last page was seen and the time to read has passed. */
export class Reading {
    /**
     * @param {HTMLElement} root the step with the pages
     * @param {() => void} onDone called when the person goes on
     */
    constructor(root, onDone) {
        this.root = root;
        this.sheets = findAll(".sheet", root);
        this.seen = new Set();
        this.unsent = new Set();
        this.left = Number(root.dataset.seconds || 0);
        this.read = root.dataset.read === "1";
        this.next = find("[data-go=next]", root);
        this.next.addEventListener("click", () => this.finish(onDone));
        find("[data-go=zoom]", root).addEventListener("click", (event) => this.zoom(event.currentTarget));
        for (const sheet of this.sheets) {
            const picture = find("img", sheet);
            picture.addEventListener("error", () => sheet.classList.add("failed"));
            picture.addEventListener("load", () => sheet.classList.remove("failed"));
            find("button", sheet).addEventListener("click", () => this.reload(picture));
        }
    }

    start() {
        if (this.timer) {
            return;
        }
        const watcher = new IntersectionObserver((entries) => this.look(entries), { threshold: [0, 0.3, 0.6] });
        this.sheets.forEach((sheet) => watcher.observe(sheet));
        watcher.observe(find(".end-of-document", this.root));
        this.timer = setInterval(() => this.tick(), 1000);
        this.show();
    }

    look(entries) {
        for (const { target, isIntersecting } of entries) {
            const picture = find("img", target);
            if (isIntersecting && !picture) {
                this.atEnd = true;
            } else if (isIntersecting && picture.complete && picture.naturalWidth) {
                this.see(target);
            } else if (isIntersecting) {
                picture.addEventListener("load", () => this.see(target), { once: true });
            }
        }
        this.show();
    }

    see(sheet) {
        const number = sheet.dataset.page;
        if (!this.seen.has(number)) {
            this.seen.add(number);
            this.unsent.add(number);
            this.show();
        }
    }

    /** The server measures from the first page that it was told of, so we do too. */
    tick() {
        this.ticks = (this.ticks || 0) + 1;
        if (this.told && document.visibilityState === "visible" && this.left > 0) {
            this.left -= 1;
            this.show();
        }
        if (!this.told || this.ticks % 3 === 0) {
            this.tell();
        }
    }

    /** Tell the server which pages were in sight; what is lost on the way is told again. */
    async tell() {
        const pages = [...this.unsent];
        if (!pages.length) {
            return;
        }
        this.unsent.clear();
        try {
            await post("/sign/seen", { pages: pages.join(",") });
            this.told = true;
        } catch {
            pages.forEach((number) => this.unsent.add(number));
        }
    }

    get complete() {
        return this.read || (this.atEnd && this.seen.size === this.sheets.length && this.left <= 0);
    }

    show() {
        const seen = this.read ? this.sheets.length : this.seen.size;
        const progress = find("progress", this.root);
        progress.max = this.sheets.length;
        progress.value = seen;
        let hint = text("read_done");
        if (!this.complete) {
            hint = seen < this.sheets.length || !this.atEnd
                ? text("read_pages", { seen, all: this.sheets.length })
                : text("read_seconds", { seconds: this.left });
        }
        find("[data-hint]", this.root).textContent = hint;
        this.next.disabled = !this.complete;
    }

    async finish(onDone) {
        clearInterval(this.timer);
        await this.tell();
        onDone([...this.unsent].join(","));
    }

    zoom(button) {
        const zoomed = find(".sheets", this.root).classList.toggle("zoomed");
        button.setAttribute("aria-pressed", String(zoomed));
    }

    reload(picture) {
        const source = new URL(picture.src);
        source.searchParams.set("try", String(Date.now()));
        picture.src = source.href;
    }
}
