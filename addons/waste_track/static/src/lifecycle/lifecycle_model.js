import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";

/**
 * From the answer of `waste.batch.get_lifecycle` to what stands on the page. Pure functions: no component, no network.
 */

const { DateTime } = luxon;

export const ROW_HEIGHT = 56;
const INDENT = 26;
const GUTTER = 20;

export const GROUPS = ["moving", "stored", "disposed", "refused", "converted"];

/** Number of rows per group, in the order of the filters; groups without rows are left out. */
export function countGroups(rows) {
    const counts = {};
    for (const row of rows) {
        counts[row.group] = (counts[row.group] || 0) + 1;
    }
    return GROUPS.filter((group) => counts[group]).map((group) => ({ group, count: counts[group] }));
}

/**
 * The rows that a filter leaves, each with its place on the page.
 *
 * A row whose sources are all filtered away moves to the left edge; one that keeps a source stays below it.
 *
 * @param {object[]} rows as the server orders them: sources before what was made of them
 * @param {{ group?: string, text?: string }} filter
 * @returns {object[]} rows with `index` and `level`
 */
export function layoutRows(rows, { group, text } = {}) {
    const needle = (text || "").trim().toLowerCase();
    const levels = {};
    const kept = [];
    for (const row of rows) {
        if (group && row.group !== group) {
            continue;
        }
        if (needle && !`${row.name} ${row.digital_code || ""}`.toLowerCase().includes(needle)) {
            continue;
        }
        const above = row.parents.filter((id) => id in levels).map((id) => levels[id]);
        levels[row.id] = above.length ? Math.max(...above) + 1 : 0;
        kept.push({ ...row, index: kept.length, level: levels[row.id] });
    }
    return kept;
}

/**
 * The lines from sources to what was made of them, for the laid out rows.
 *
 * A split leaves its source downwards and turns into each share; what is merged leaves each source sideways, so that
 * a row in between that has no part in it is not touched.
 *
 * @param {object[]} rows from `layoutRows`
 * @returns {{ key: string, from: number, to: number, kind: string, path: string }[]} `from` and `to` are row indexes
 */
export function connect(rows) {
    const byId = Object.fromEntries(rows.map((row) => [row.id, row]));
    const lines = [];
    for (const target of rows) {
        for (const id of target.parents) {
            const source = byId[id];
            if (!source) {
                continue;
            }
            const [x1, y1] = [knot(source), (source.index + 0.5) * ROW_HEIGHT];
            const [x2, y2] = [knot(target), (target.index + 0.5) * ROW_HEIGHT];
            const kind = target.made.kind;
            const bus = kind === "merge" ? x2 - INDENT / 2 : x1;
            const bend = `V${y2 - 7}Q${bus} ${y2} ${bus + 7} ${y2}H${x2}`;
            lines.push({
                key: `${id}-${target.id}`,
                from: source.index,
                to: target.index,
                kind,
                path: `M${x1} ${y1}` + (bus === x1 ? "" : `H${bus}`) + bend,
            });
        }
    }
    return lines;
}

/** Where the lines of a row start and end, from the left edge. */
export function knot(row) {
    return GUTTER / 2 + row.level * INDENT;
}

/** Width of the room for the lines, left of the numbers. */
export function gutterWidth(rows) {
    return GUTTER + Math.max(0, ...rows.map((row) => row.level)) * INDENT;
}

/**
 * What stands in one cell.
 *
 * @returns {{ status: string, day?: string, time?: string }} status: done, late, refused, made, pending, or none for
 *     a node that was skipped or does not apply
 */
export function presentCell(row, node) {
    const cell = row.cells[node];
    if (!cell) {
        return { status: row.pending.includes(node) ? "pending" : "none" };
    }
    return { status: cell.status, kind: cell.kind, ...shortTime(cell.at) };
}

/** Local day and time of a UTC text; the year is told when it is not this one. */
export function shortTime(text) {
    const at = deserializeDateTime(text);
    const isThisYear = at.year === DateTime.local().year;
    return { day: at.toFormat(isThisYear ? "MM-dd" : "yyyy-MM-dd"), time: at.toFormat("HH:mm") };
}

/** A whole local time, or the day when the text has no time. */
export function fullTime(text) {
    if (!text) {
        return "";
    }
    return text.length > 10
        ? deserializeDateTime(text).toFormat("yyyy-MM-dd HH:mm")
        : deserializeDate(text).toFormat("yyyy-MM-dd");
}

export function formatKg(value) {
    return `${formatFloat(value || 0, { digits: [16, 3], trailingZeros: false })} kg`;
}

/**
 * The nodes of one package as a vertical timeline: what happened and what is still to come.
 *
 * A package that was made of others and became another one itself has two conversions.
 */
export function timeline(row, nodes) {
    return nodes.flatMap((node) => {
        const cell = row.cells[node.key];
        const born = cell?.more?.filter((each) => each.status === "made") || [];
        return [
            ...born.map((each) => ({ ...node, key: "born", cell: each, status: "made", ...shortTime(each.at) })),
            { ...node, ...presentCell(row, node.key), cell },
        ].filter((entry) => entry.status !== "none");
    });
}

/** Shares of a mixed package; a package with one own source and no other needs none. */
export function shareBar(row) {
    return row.sources.length > 1 || row.sources.some((share) => !share.is_own) ? row.sources : [];
}
