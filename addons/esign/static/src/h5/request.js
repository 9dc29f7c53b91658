/** Talking to the server over a bad network: a time limit on each try, and tries again only where trying twice does no harm. */
const TIMEOUT = 45_000;
const PAUSES = [1000, 3000, 6000];
const TRANSIENT = new Set([502, 504]);

export class Refused extends Error {
    /**
     * @param {string} sentence what to tell the person; empty: the network failed
     * @param {string} code the server's kind of refusal, or "network"
     */
    constructor(sentence, code) {
        super(sentence);
        this.code = code;
    }
}

const page = () => document.getElementById("esign").dataset;
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function once(url, fields) {
    const body = new FormData();
    body.append("csrf_token", page().csrf);
    // two links opened in one browser share the cookie: the server refuses what was meant for the other document
    body.append("page", page().reference);
    for (const [name, value] of Object.entries(fields)) {
        for (const item of Array.isArray(value) ? value : [value]) {
            body.append(name, item);
        }
    }
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT);
    let response;
    try {
        response = await fetch(url, { method: "POST", body, credentials: "same-origin", signal: patience.signal });
    } catch {
        throw new Refused("", "network");
    } finally {
        clearTimeout(timer);
    }
    if (TRANSIENT.has(response.status)) {
        throw new Refused("", "network");
    }
    const answer = await response.json().catch(() => null);
    if (!answer) {
        throw new Refused("", response.status === 400 ? "session" : "server");
    }
    if (answer.error) {
        throw new Refused(answer.error, answer.code);
    }
    return answer;
}

/**
 * @param {string} url
 * @param {Object} fields
 * @param {{again?: boolean, onRetry?: (attempt: number) => void}} [options] `again`: the server answers a repeated request as it did
 *   the first time, so a lost answer may be asked for again
 */
export async function post(url, fields = {}, { again = false, onRetry = () => {} } = {}) {
    for (let attempt = 0; ; attempt++) {
        try {
            return await once(url, fields);
        } catch (error) {
            if (!again || error.code !== "network" || attempt === PAUSES.length) {
                throw error;
            }
            onRetry(attempt + 1);
            await sleep(PAUSES[attempt]);
        }
    }
}
