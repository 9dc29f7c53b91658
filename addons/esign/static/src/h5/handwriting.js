import { find, findAll, say, text } from "./dom";
import { Pad, preview } from "./pad";
import { BOX, cells, normalise, objection, thin } from "./strokes";

const PORTRAIT = window.matchMedia("(orientation: portrait)");
/** A tablet held upright is wide enough to sign without turning. */
const NARROW = window.matchMedia("(max-width: 600px)");

/** The full-screen sheet to sign on: the whole name across, or one character after the other in a square. */
export class Handwriting {
    /** @param {HTMLDialogElement} sheet */
    constructor(sheet) {
        this.sheet = sheet;
        this.name = [...sheet.dataset.name];
        this.byCharacter = sheet.dataset.perCharacter === "1";
        this.across = true;
        this.message = find("[data-message]", sheet);
        this.pad = new Pad(find("canvas", sheet), () => this.refresh());
        for (const button of findAll("[data-do]", sheet)) {
            button.addEventListener("click", () => this[button.dataset.do]());
        }
        sheet.addEventListener("cancel", (event) => {
            event.preventDefault();
            this.close();
        });
        for (const query of [PORTRAIT, NARROW]) {
            query.addEventListener("change", () => this.lay());
        }
    }

    /** @returns {Promise<Object[] | null>} strokes in the box of the server, null when the person went back */
    open() {
        this.characters = this.byCharacter ? this.name.map(() => null) : [];
        this.current = 0;
        this.sheet.showModal();
        document.documentElement.classList.add("writing");
        this.lay();
        this.clear();
        return new Promise((resolve) => (this.resolve = resolve));
    }

    close(strokes = null) {
        document.documentElement.classList.remove("writing");
        this.sheet.close();
        this.resolve(strokes);
    }

    /** The sheet lies across: turned by CSS while the phone is upright, so nobody needs to unlock its rotation. */
    lay() {
        const turned = this.across && !this.byCharacter && PORTRAIT.matches && NARROW.matches;
        this.sheet.classList.toggle("turned", turned);
        this.sheet.classList.toggle("by-character", this.byCharacter);
        this.pad.turn(turned);
        this.refresh();
    }

    refresh() {
        if (!this.pad) {
            return;
        }
        const written = this.pad.groups.length > 0;
        this.sheet.dataset.strokes = this.pad.groups.length;
        for (const name of ["undo", "clear"]) {
            find(`[data-do=${name}]`, this.sheet).disabled = !written;
        }
        find(".guide", this.sheet).hidden = written && !this.byCharacter;
        find(".guide", this.sheet).textContent = this.byCharacter ? this.name[this.current] : this.name.join("");
        find("[data-title]", this.sheet).textContent = this.byCharacter
            ? text("write_character", { character: this.name[this.current], number: this.current + 1, all: this.name.length })
            : text("write_name", { name: this.name.join("") });
        find("[data-do=mode]", this.sheet).textContent = text(this.byCharacter ? "mode_whole" : "mode_character");
        find("[data-do=mode]", this.sheet).hidden = this.name.length < 2 || this.name.length > 6;
        const turn = find("[data-do=turn]", this.sheet);
        turn.hidden = this.byCharacter || !PORTRAIT.matches || !NARROW.matches;
        turn.textContent = text(this.across ? "turn_upright" : "turn_across");
        find("[data-do=back]", this.sheet).hidden = !(this.byCharacter && this.current);
        find("[data-do=finish]", this.sheet).textContent = text(
            this.byCharacter && this.current < this.name.length - 1 ? "next_character" : "finish_writing");
        say(this.message);
    }

    undo() {
        this.pad.undo();
    }

    clear() {
        this.pad.clear();
    }

    turn() {
        this.across = !this.across;
        this.lay();
    }

    mode() {
        this.byCharacter = !this.byCharacter;
        this.characters = this.name.map(() => null);
        this.current = 0;
        this.pad.clear();
        this.lay();
    }

    back() {
        this.keep();
        this.current -= 1;
        this.pad.write(this.characters[this.current].groups);
    }

    keep() {
        this.characters[this.current] = { groups: this.pad.groups, size: this.pad.size };
    }

    finish() {
        if (!this.pad.groups.length) {
            say(this.message, text("objection_empty"));
            return;
        }
        if (!this.byCharacter) {
            this.deliver(normalise(this.pad.groups, this.pad.size));
            return;
        }
        this.keep();
        if (this.current < this.name.length - 1) {
            this.current += 1;
            this.pad.write(this.characters[this.current]?.groups || []);
            return;
        }
        const places = cells(this.name.length);
        this.deliver(this.characters.flatMap(({ groups, size }, index) => normalise(groups, size, places[index]))
            .sort((one, other) => one.t0 - other.t0));
    }

    deliver(strokes) {
        const reason = objection(strokes);
        if (reason) {
            say(this.message, text(`objection_${reason}`));
        } else {
            this.close(thin(strokes));
        }
    }
}

export function show(canvas, strokes) {
    canvas.width = BOX.width;
    canvas.height = BOX.height;
    preview(canvas, strokes);
}
