/* global SignaturePad */

/** Widths of the pen on a canvas 345 px wide; a larger canvas gets a thicker pen, or a signature would look like a hair. */
const PEN = { canvas: 345, thin: 0.8, thick: 3.2, most: 2 };

const INK = "#101828";

/** A canvas drawn a quarter turn by CSS gets its points in its own, unturned pixels. */
class TurnablePad extends SignaturePad {
    turned = false;

    _createPoint(x, y, pressure) {
        const point = super._createPoint(x, y, pressure);
        if (this.turned) {
            const box = this.canvas.getBoundingClientRect();
            [point.x, point.y] = [point.y, box.width - point.x];
        }
        return point;
    }
}

/** The paper under the finger: keeps what was written through every turn of the phone. */
export class Pad {
    /**
     * @param {HTMLCanvasElement} canvas fills its parent, by the pixels set here
     * @param {() => void} onChange called after each stroke
     */
    constructor(canvas, onChange) {
        this.canvas = canvas;
        this.onChange = onChange;
        this.size = { width: 0, height: 0 };
        this.pad = new TurnablePad(canvas, { throttle: 0, minDistance: 2, penColor: INK });
        this.pad.addEventListener("endStroke", onChange);
        // a call or the turning phone takes the finger away without lifting it: without this the pad would wait for that finger for ever
        for (const cancel of ["pointercancel", "touchcancel"]) {
            window.addEventListener(cancel, (event) => this.pad._strokeEnd({ event }, false));
        }
        new ResizeObserver(() => this.fit()).observe(canvas.parentElement);
    }

    get groups() {
        return this.pad.toData();
    }

    turn(turned) {
        if (turned !== this.pad.turned) {
            this.pad.turned = turned;
            this.size = { ...this.size, width: 0 };
        }
        this.fit();
    }

    /**
     * Fit the bitmap to its frame. A phone's address bar changes the height all the time: only another width counts.
     * What was written stays where it was, smaller if it no longer fits.
     */
    fit() {
        const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
        if (!width || width === this.size.width) {
            return;
        }
        this.size = { width, height };
        const ratio = Math.max(window.devicePixelRatio || 1, 1);
        this.canvas.width = width * ratio;
        this.canvas.height = height * ratio;
        Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
        this.canvas.getContext("2d").scale(ratio, ratio);
        const pen = Math.min(Math.max(width / PEN.canvas, 1), PEN.most);
        Object.assign(this.pad, { minWidth: PEN.thin * pen, maxWidth: PEN.thick * pen });
        this.write(this._shrunk(width, height));
    }

    /** The strokes so far, made smaller when they would reach over the new edges. */
    _shrunk(width, height) {
        const points = this.groups.flatMap((group) => group.points);
        const right = Math.max(...points.map((point) => point.x));
        const bottom = Math.max(...points.map((point) => point.y));
        if (!points.length || (right <= width && bottom <= height)) {
            return this.groups;
        }
        const scale = Math.min(width / right, height / bottom, 1);
        return this.groups.map((group) => ({
            ...group,
            points: group.points.map((point) => ({ ...point, x: point.x * scale, y: point.y * scale })),
        }));
    }

    write(groups) {
        this.pad.fromData(groups);
        this.onChange();
    }

    undo() {
        this.write(this.groups.slice(0, -1));
    }

    clear() {
        this.write([]);
    }
}

/** Draw strokes as they will stand in the document: in the middle of the place, as large as it allows. */
export function preview(canvas, strokes) {
    const points = strokes.flatMap((stroke) => stroke.points);
    const bounds = (values) => [Math.min(...values), Math.max(...values)];
    const [left, right] = bounds(points.map(([x]) => x));
    const [top, bottom] = bounds(points.map(([, y]) => y));
    const margin = 0.9;
    const scale = Math.min((canvas.width * margin) / (right - left + 1), (canvas.height * margin) / (bottom - top + 1), 2);
    const dx = (canvas.width - scale * (left + right)) / 2;
    const dy = (canvas.height - scale * (top + bottom)) / 2;
    const pad = new SignaturePad(canvas, { minWidth: 4, maxWidth: 8, penColor: INK });
    pad.off();
    pad.fromData(strokes.map(({ t0, points }) => ({
        points: points.map(([x, y, pressure, t]) => ({ x: dx + scale * x, y: dy + scale * y, pressure, time: t0 + t })),
    })));
}
