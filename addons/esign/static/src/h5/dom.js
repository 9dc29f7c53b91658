/** Texts live in the views, where they are translated: hidden elements of #texts, with {placeholders}. */
export function text(name, values = {}) {
    const source = document.querySelector(`#texts [data-text="${name}"]`);
    return source.textContent.trim().replace(/\{(\w+)\}/g, (match, key) => values[key] ?? match);
}

export const find = (selector, root = document) => root.querySelector(selector);

export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Put a sentence where it belongs and bring it into sight; none: take it away. */
export function say(element, sentence = "") {
    element.textContent = sentence;
    element.hidden = !sentence;
    if (sentence) {
        element.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
}

/** The sentence for a refusal: the server's own, or ours when the server wasn't reached. */
export function sentenceOf(error) {
    if (error.message && error.code) {
        return error.message;
    }
    return text(["network", "session"].includes(error.code) ? error.code : "server");
}

/** Run while the button says that work is going on; a second tap meanwhile does nothing. */
export async function busy(button, work) {
    if (button.getAttribute("aria-busy") === "true") {
        return;
    }
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    try {
        await work();
    } finally {
        button.removeAttribute("aria-busy");
        button.disabled = false;
    }
}
