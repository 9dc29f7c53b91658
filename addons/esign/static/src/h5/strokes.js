/**
 * Handwriting as numbers: from the canvas' pixels to the 1000 × 500 box the server reads, and whether it can be a signature at all.
 * Only points are looked at: a browser that refuses to read its canvas back must not keep anybody from signing.
 */
export const BOX = { width: 1000, height: 500 };
const LIMITS = { points: 5000, bytes: 64_000, milliseconds: 600_000 };
const LEGIBLE = { strokes: 2, points: 40, inkWidth: 0.15, milliseconds: 800 };

const clamp = (value, most) => Math.min(Math.max(value, 0), most);
const round = (value) => Math.round(value * 100) / 100;

/**
 * @param {{points: {x, y, pressure, time}[]}[]} groups signature_pad's own data
 * @param {{width, height}} canvas size of the canvas in CSS pixels
 * @param {{x, y, width, height}} [cell] part of the box to draw into; the whole box unless told
 * @returns {{t0: number, points: number[][]}[]}
 */
export function normalise(groups, canvas, cell = { x: 0, y: 0, ...BOX }) {
    const scale = Math.min(cell.width / canvas.width, cell.height / canvas.height);
    const left = cell.x + (cell.width - scale * canvas.width) / 2;
    const top = cell.y + (cell.height - scale * canvas.height) / 2;
    return groups
        .filter((group) => group.points.length)
        .map(({ points }) => ({
            t0: points[0].time,
            points: points.map((point) => [
                round(clamp(left + scale * point.x, BOX.width)),
                round(clamp(top + scale * point.y, BOX.height)),
                round(clamp(point.pressure || 0, 1)),
                Math.max(point.time - points[0].time, 0),
            ]),
        }));
}

/** One character to a square, side by side across the box. */
export function cells(count) {
    const side = Math.min(BOX.width / count, BOX.height);
    const left = (BOX.width - side * count) / 2;
    return Array.from({ length: count }, (_, index) => ({
        x: left + index * side, y: (BOX.height - side) / 2, width: side, height: side,
    }));
}

/** A slow hand on a quick screen gives more points than the server takes: every second one of each stroke is left out then. */
export function thin(strokes) {
    const count = strokes.reduce((sum, { points }) => sum + points.length, 0);
    if (count <= LIMITS.points && JSON.stringify(strokes).length <= LIMITS.bytes) {
        return strokes;
    }
    const thinner = strokes.map(({ t0, points }) => ({
        t0, points: points.filter((_point, index) => index % 2 === 0 || index === points.length - 1),
    }));
    return thinner.some(({ points }) => points.length > 2) ? thin(thinner) : thinner;
}

/**
 * @returns {"empty" | "short" | "small" | "quick" | "slow" | null} why this is no signature; null: it is one
 */
export function objection(strokes) {
    const points = strokes.flatMap((stroke) => stroke.points.map(([x, y, , t]) => ({ x, y, at: stroke.t0 + t })));
    if (!points.length) {
        return "empty";
    }
    if (strokes.length < LEGIBLE.strokes && points.length < LEGIBLE.points) {
        return "short";
    }
    const xs = points.map((point) => point.x);
    if (Math.max(...xs) - Math.min(...xs) < LEGIBLE.inkWidth * BOX.width) {
        return "small";
    }
    const time = points.at(-1).at - points[0].at;
    if (time < LEGIBLE.milliseconds) {
        return "quick";
    }
    return time > LIMITS.milliseconds ? "slow" : null;
}
