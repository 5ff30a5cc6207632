// Reading the values of curves: at the pointer, with the arrow keys, and as a table.

class CurveReader {
  constructor(chart) {
    this.chart = chart;
    const plot = byID("curves-box");
    plot.addEventListener("pointermove", (event) => this.follow(event));
    plot.addEventListener("pointerdown", (event) => this.follow(event));
    plot.addEventListener("pointerleave", () => this.hide());
    plot.addEventListener("blur", () => this.hide());
    plot.addEventListener("keydown", (event) => this.press(event));
  }

  /** Draws the table; the lines are those of the chart. */
  show(lines) {
    this.lines = lines;
    this.steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
    this.hide();
    this.drawTable();
  }

  follow(event) {
    if (this.steps.length === 0 || !this.chart.place) return;
    const box = byID("curves-plot").getBoundingClientRect();
    const wanted = this.chart.place.x.value(event.clientX - box.left);
    this.at = this.nearest(wanted);
    this.drawReading();
  }

  /** The index of the step that is nearest to a value. */
  nearest(wanted) {
    let best = 0;
    this.steps.forEach((step, at) => {
      if (Math.abs(step - wanted) < Math.abs(this.steps[best] - wanted)) best = at;
    });
    return best;
  }

  press(event) {
    const last = this.steps.length - 1;
    const at = this.at ?? -1;
    const moves = { ArrowRight: at + 1, ArrowLeft: at < 0 ? last : at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: last };
    if (event.key === "Escape") this.hide();
    if (!(event.key in moves) || last < 0) return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(last, moves[event.key]));
    this.drawReading();
    announce(this.spoken());
  }

  hide() {
    this.at = null;
    byID("curves-reading").hidden = true;
    byID("curves-cursor")?.replaceChildren();
  }

  /** The lines' values at the step, the largest first. */
  values(step) {
    return this.lines.map((line) => {
      const at = line.steps.indexOf(step);
      return { ...line, value: at < 0 ? null : line.values[at] };
    }).filter(({ value }) => value !== null && value !== undefined).sort((a, b) => b.value - a.value);
  }

  spoken() {
    const step = this.steps[this.at];
    const values = this.values(step).map(({ row, value }) => `${this.chart.runs.label(row)}: ${rounded(value)}`);
    return `${t("at", step)}. ${values.join(", ")}`;
  }

  drawReading() {
    const step = this.steps[this.at];
    const { x, y, top, bottom, width } = this.chart.place;
    const at = x.place(step);
    const values = this.values(step);
    const isShown = (value) => Number.isFinite(value) && (!this.chart.isLog || value > 0);
    byID("curves-cursor").replaceChildren(
      g("line", { class: "cursor", x1: at, x2: at, y1: top, y2: this.chart.height - bottom }),
      ...values.filter(({ value }) => isShown(value)).map(({ slot, value }) =>
        g("circle", { class: `fill${slot % colorCount} ring`, cx: at, cy: y.place(value), r: 4 })));
    const reading = byID("curves-reading");
    reading.replaceChildren(h("strong", {}, t("at", step)), h("ul", {}, values.slice(0, 12).map(({ row, slot, value }) =>
      h("li", {}, swatch(slot), h("span", { class: "reading-name" }, clipped(this.chart.runs.label(row), 24)), h("span", { class: "reading-value" }, rounded(value))))));
    reading.hidden = false;
    const isRight = at > width / 2;
    reading.style.left = isRight ? "auto" : `${at + 14}px`;
    reading.style.right = isRight ? `${width - at + 14}px` : "auto";
  }

  drawTable() {
    const box = byID("curves-values");
    const isOpen = box.querySelector("details")?.open ?? false;
    const most = 500;
    if (this.lines.length === 0) {
      box.replaceChildren();
      return;
    }
    const details = h("details", {}, h("summary", {}, t("values")));
    const fill = () => {
      if (!details.open || details.querySelector("table")) return;
      const note = this.steps.length > most ? h("p", { class: "note" }, t("tableCut", most)) : null;
      details.append(...[note, scrolling(t("values"), this.table(this.steps.slice(0, most)))].filter((each) => each));
    };
    details.addEventListener("toggle", fill);
    details.open = isOpen;
    fill();
    box.replaceChildren(details);
  }

  table(steps) {
    const head = h("tr", {}, h("th", { scope: "col" }, t("step")),
      this.lines.map(({ row }) => h("th", { scope: "col", class: "number" }, clipped(this.chart.runs.label(row), 28))));
    const rows = steps.map((step) => h("tr", {}, h("th", { scope: "row" }, String(step)), this.lines.map((line) => {
      const at = line.steps.indexOf(step);
      return h("td", { class: "number" }, at < 0 ? "" : rounded(line.values[at]));
    })));
    return h("table", {}, h("caption", { class: "hidden" }, this.chart.metric), h("thead", {}, head), h("tbody", {}, rows));
  }
}
