// Curves of a metric by step, one for each ticked run.

/** An exponential moving average, corrected for its start. */
const smoothed = (values, weight) => {
  if (weight === 0) return values;
  let [sum, total] = [0, 0];
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    [sum, total] = [sum * weight + value * (1 - weight), total * weight + (1 - weight)];
    return sum / total;
  });
};

class CurveChart {
  constructor(runs, table) {
    [this.runs, this.table] = [runs, table];
    [this.isLog, this.weight, this.at] = [false, 0, null];
    this.metric = null;
    this.height = 340;
    byID("log").addEventListener("change", (event) => this.set({ isLog: event.target.checked }));
    byID("smoothing").addEventListener("input", (event) => this.set({ weight: Number(event.target.value) }));
    new ResizeObserver(debounced(50, () => this.draw())).observe(byID("curves-plot"));
    this.reader = new CurveReader(this);
  }

  set(settings) {
    Object.assign(this, settings);
    this.draw();
  }

  /** The metrics of which there are curves, the most frequent first. */
  get metrics() {
    const known = new Set([...this.runs.curves.values()].flatMap((curves) => [...curves.keys()]));
    return frequentMetrics(this.runs).filter((name) => this.runs.data.live || known.has(name));
  }

  /** The ticked runs that have the metric, with their curves. */
  get lines() {
    return [...this.table.ticked].sort((a, b) => a[1] - b[1]).flatMap(([row, slot]) => {
      const curve = this.runs.curves.get(row)?.get(this.metric);
      if (!curve) return [];
      const values = curve.values.map((value) => (typeof value === "string" ? Number(value) : value));
      return [{ row, slot, steps: curve.steps, values: smoothed(values, this.weight), exact: values }];
    });
  }

  draw() {
    if (!this.metrics.includes(this.metric)) this.metric = this.metrics[0] ?? null;
    byID("metric-box").replaceChildren(h("label", { for: "metric" }, t("metric")),
      select("metric", this.metrics.map((name) => [name, visible(name)]), this.metric, (metric) => this.set({ metric })));
    byID("smoothing-text").textContent = this.weight === 0 ? t("off") : this.weight.toFixed(2);
    const lines = this.lines;
    const missing = this.table.ticked.size - lines.length;
    byID("curves-note").textContent = lines.length === 0 ? t("noCurves") : missing > 0 ? t("notIncluded", missing) : "";
    byID("curves-tools").hidden = this.metrics.length === 0;
    byID("curves-box").hidden = lines.length === 0;
    this.drawLegend(lines);
    if (lines.length > 0) this.drawPlot(lines);
    this.reader.show(lines);
  }

  drawLegend(lines) {
    byID("curves-legend").replaceChildren(...lines.map(({ row, slot }) =>
      h("li", {}, swatch(slot), h("button", { type: "button", class: "link", click: () => showDetails(this.runs.id(row)) }, clipped(this.runs.label(row), 40)))));
  }

  /** The scales of both axes. */
  scales(lines, width) {
    const [left, right, top, bottom] = [64, 14, 12, 42];
    const steps = extent(lines.flatMap((line) => line.steps)) ?? [0, 1];
    const values = extent(lines.flatMap((line) => line.values), this.isLog) ?? (this.isLog ? [0.1, 1] : [0, 1]);
    const room = this.isLog ? 0 : (values[1] - values[0]) * 0.04;
    return {
      x: numberScale(steps[0], steps[1], left, width - right),
      y: numberScale(values[0] - room, values[1] + room, this.height - bottom, top, this.isLog),
      left, right, top, bottom, width,
    };
  }

  drawPlot(lines) {
    const width = Math.max(260, byID("curves-plot").clientWidth);
    const place = this.scales(lines, width);
    this.place = place;
    const names = lines.map(({ row }) => this.runs.label(row)).join(", ");
    const alt = t("curvesAlt", this.metric, names);
    const svg = g("svg", { viewBox: `0 0 ${width} ${this.height}`, width, height: this.height, role: "img", "aria-label": alt },
      this.frame(place), g("g", {}, lines.map((line) => this.line(line, place))), g("g", { id: "curves-cursor" }));
    byID("curves-plot").replaceChildren(svg);
  }

  frame({ x, y, left, right, top, bottom, width }) {
    const base = this.height - bottom;
    const across = y.marks(6).map((mark) => [
      g("line", { class: "grid", x1: left, x2: width - right, y1: y.place(mark), y2: y.place(mark) }),
      g("text", { class: "mark", x: left - 8, y: y.place(mark) + 4, "text-anchor": "end" }, tickText(mark)),
    ]);
    const whole = x.marks(Math.max(2, Math.min(12, width / 80))).filter((mark) => Number.isInteger(mark));
    const along = whole.map((mark) => g("text", { class: "mark", x: x.place(mark), y: base + 20, "text-anchor": "middle" }, tickText(mark)));
    return g("g", {}, across, along, g("line", { class: "axis", x1: left, x2: width - right, y1: base, y2: base }),
      g("text", { class: "axis-name", x: (left + width - right) / 2, y: this.height - 6, "text-anchor": "middle" }, t("step")));
  }

  /** A curve: a line with gaps where a value is missing, and points where there are few. */
  line({ slot, steps, values }, { x, y }) {
    const isShown = (value) => value !== null && Number.isFinite(value) && (!this.isLog || value > 0);
    let [path, isDown, count] = ["", false, 0];
    values.forEach((value, at) => {
      if (!isShown(value)) {
        isDown = false;
        return;
      }
      path += `${isDown ? "L" : "M"}${x.place(steps[at]).toFixed(1)},${y.place(value).toFixed(1)}`;
      [isDown, count] = [true, count + 1];
    });
    const dots = count > 12 ? [] : values.flatMap((value, at) =>
      isShown(value) ? [g("circle", { class: `fill${slot % colorCount}`, cx: x.place(steps[at]), cy: y.place(value), r: 3 })] : []);
    return g("g", {}, g("path", { ...lineStyle(slot), d: path }), dots);
  }
}
