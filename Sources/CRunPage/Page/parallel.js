// Parallel coordinates: each run is a line across the axes of its parameters to its result.

const mostLines = 500;

class ParallelPlot {
  constructor(runs, table) {
    [this.runs, this.table] = [runs, table];
    this.limits = new Map();
    this.chosen = null;
    this.result = null;
    [this.top, this.bottom] = [44, 290];
    byID("reset").addEventListener("click", () => this.limitAll(new Map()));
    byID("to-table").addEventListener("click", () => this.toTable());
    new ResizeObserver(debounced(50, () => this.draw())).observe(byID("parallel"));
  }

  limitAll(limits) {
    this.limits = limits;
    this.draw();
  }

  setLimit(key, limit) {
    if (limit) this.limits.set(key, limit);
    else this.limits.delete(key);
    this.draw();
    announce(byID("within").textContent);
  }

  /** The columns of metrics that can be the result. */
  get results() {
    return this.table.headings.filter((heading) => heading.group === "metrics");
  }

  /** The rows with a result, in the order of the table. */
  rowsWithResult(heading) {
    const rows = [];
    for (const row of this.table.passing) {
      if (Number.isFinite(heading.value(row))) rows.push(row);
      if (rows.length > mostLines) break;
    }
    return rows;
  }

  /** The parameters and tags that differ among the rows, the ones in which most differ first. */
  candidates(rows) {
    return byVariety(this.table.headings.filter((heading) => ["parameters", "tags"].includes(heading.group)), rows);
  }

  chooseResult(key) {
    this.result = key;
    this.draw();
  }

  draw() {
    const results = this.results;
    const usual = results.find((each) => each.key === (this.runs.data.shown[0]?.heading ?? this.runs.data.main)) ?? results[0];
    const heading = results.find((each) => each.key === this.result) ?? usual;
    const rows = heading ? this.rowsWithResult(heading) : [];
    const isCut = rows.length > mostLines;
    if (isCut) rows.pop();
    const candidates = this.candidates(rows);
    byID("result-box").replaceChildren(...(heading ? [h("label", { for: "result" }, t("colorBy")),
      select("result", results.map((each) => [each.key, headingText(each)]), heading.key, (key) => this.chooseResult(key))] : []));
    const isEmpty = candidates.length === 0;
    byID("parallel-note").textContent = isEmpty ? t("noParallel") : [t(heading.best ? "parallelHelp" : "parallelHelpPlain"), isCut ? t("fewer", mostLines) : ""].join(" ").trim();
    byID("parallel-box").hidden = isEmpty;
    if (!isEmpty) this.drawAxes(candidates, heading, rows);
  }

  drawAxes(candidates, heading, rows) {
    const shown = this.chosen ? candidates.filter((each) => this.chosen.has(each.key)) : candidates.slice(0, 6);
    this.drawChoices(candidates, shown);
    const axes = [...shown, heading].map((each) => new ParallelAxis(each, rows, this.top, this.bottom));
    for (const key of [...this.limits.keys()]) if (!axes.some((axis) => axis.heading.key === key)) this.limits.delete(key);
    const inside = new Set(rows.filter((row) => axes.every((axis) => axis.allows(this.limits.get(axis.heading.key), row))));
    byID("within").textContent = this.limits.size > 0 ? t("within", inside.size, rows.length) : "";
    for (const id of ["reset", "to-table"]) byID(id).hidden = this.limits.size === 0;
    this.axes = axes;
    this.drawPlot(axes, rows, inside);
    drawLimitFields(axes, this.limits, (key, limit) => this.setLimit(key, limit));
  }

  drawChoices(candidates, shown) {
    const keys = new Set(shown.map((each) => each.key));
    byID("axis-choices").replaceChildren(...candidates.map((each) => h("label", { class: "choice" }, h("input", {
      type: "checkbox", checked: keys.has(each.key),
      change: (event) => {
        if (event.target.checked) keys.add(each.key);
        else keys.delete(each.key);
        this.chosen = keys;
        this.draw();
      },
    }), headingText(each))));
  }

  drawPlot(axes, rows, inside) {
    const width = Math.max(byID("parallel-plot").clientWidth, axes.length * 124);
    const height = this.bottom + (axes.some((axis) => axis.hasMissing) ? 44 : 18);
    const place = (number) => 60 + (number * (width - 130)) / Math.max(1, axes.length - 1);
    const ranks = ParallelPlot.ranks(axes[axes.length - 1].heading, rows);
    const order = [...rows].sort((a, b) => inside.has(a) - inside.has(b) || ranks.get(a) - ranks.get(b));
    const ticked = order.filter((row) => this.table.ticked.has(row));
    const lines = [...order.filter((row) => !this.table.ticked.has(row)), ...ticked].map((row) => this.line(row, axes, place, inside.has(row), ranks.get(row)));
    const alt = t("parallelAlt", rows.length, axes.map((axis) => axis.name).join(", "));
    byID("parallel-plot").replaceChildren(g("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": alt },
      g("g", {}, lines), axes.map((axis, number) => this.axis(axis, place(number)))));
  }

  /** How good each row's result is: 0 for the worst ninth of the rows to 8 for the best, or 4 if it isn't known what is better. */
  static ranks(heading, rows) {
    if (!heading.best) return new Map(rows.map((row) => [row, 4]));
    const sign = heading.best === "max" ? 1 : -1;
    const order = [...rows].sort((a, b) => sign * (heading.value(a) - heading.value(b)));
    return new Map(order.map((row, at) => [row, Math.floor((at * 9) / order.length)]));
  }

  line(row, axes, place, isInside, rank) {
    const points = axes.map((axis, number) => `${place(number).toFixed(1)},${axis.place(row).toFixed(1)}`).join(" ");
    const slot = this.table.ticked.get(row);
    const style = slot === undefined ? { class: `run q${rank}` } : { ...lineStyle(slot), class: `run ticked s${slot % colorCount}` };
    if (!isInside) style.class += " faded";
    const title = `${this.runs.label(row)}: ${axes.map((axis) => `${axis.name} ${axis.heading.text(row)}`).join(", ")}`;
    return g("polyline", { ...style, points }, g("title", {}, title));
  }

  axis(axis, x) {
    const limit = this.limits.get(axis.heading.key);
    const covered = limit ? axis.covered(limit) : null;
    const name = axis.name + (axis.scale?.isLog ? ` (${t("logMark")})` : "");
    const missing = axis.hasMissing ? [g("text", { class: "mark halo", x: x + 8, y: axis.bottom + 28 }, t("none"))] : [];
    const labels = axis.labels.map(([y, text]) => [g("line", { class: "axis", x1: x - 4, x2: x + 4, y1: y, y2: y }),
      g("text", { class: "mark halo", x: x + 8, y: y + 4 }, text)]);
    const grip = g("rect", { class: "grip", x: x - 14, y: axis.top - 8, width: 28, height: axis.bottom - axis.top + 16 });
    this.makeDraggable(grip, axis);
    return g("g", {}, g("line", { class: "axis", x1: x, x2: x, y1: axis.top, y2: axis.bottom }), labels, missing,
      g("text", { class: "axis-name", x, y: 20, "text-anchor": "middle" }, clipped(name, 18), g("title", {}, name)),
      covered ? g("rect", { class: "brush", x: x - 7, y: covered[0], width: 14, height: covered[1] - covered[0] }) : null, grip);
  }

  /** Dragging sets the axis's limit; a click without dragging removes it. */
  makeDraggable(grip, axis) {
    const height = (event) => event.clientY - byID("parallel-plot").querySelector("svg").getBoundingClientRect().top;
    let start = null;
    grip.addEventListener("pointerdown", (event) => {
      start = height(event);
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointerup", (event) => {
      if (start !== null) this.setLimit(axis.heading.key, axis.limit(start, height(event)));
      start = null;
    });
    grip.addEventListener("pointercancel", () => {
      start = null;
    });
  }

  /** Puts the limits into the table's filter. */
  toTable() {
    const conditions = this.axes.flatMap((axis) => {
      const limit = this.limits.get(axis.heading.key);
      return limit ? axis.conditions(limit) : [];
    });
    const filter = byID("filter");
    filter.value = [filter.value.trim(), ...conditions].filter((each) => each !== "").join(" ");
    this.limits = new Map();
    filter.dispatchEvent(new Event("input"));
    filter.focus();
  }
}
