// The table of runs: which rows pass the filter, their order, the page that is shown, and which are ticked.

class RunTable {
  constructor(runs, changed) {
    this.runs = runs;
    this.changed = changed;
    this.headings = makeHeadings(runs);
    this.shown = usualColumns(runs, this.headings);
    this.order = { key: "started", descending: true };
    [this.page, this.size, this.query, this.haystacks] = [0, 50, "", []];
    this.ticked = new Map();
    this.choices = { stage: "", status: "" };
    this.select();
  }

  /** The column that a word means, without regard to case. */
  heading(word) {
    const key = word.trim().toLowerCase();
    const tests = [(each) => each.key === word.trim(), (each) => each.key === `param.${word.trim()}`, (each) => each.key === `tag.${word.trim()}`,
      (each) => each.key.toLowerCase() === key || headingText(each).toLowerCase() === key];
    return tests.map((test) => this.headings.find(test)).find((heading) => heading);
  }

  /** A row's texts in one, in lower case. */
  haystack(row) {
    if (this.haystacks[row] === undefined) {
      const { plain, params, tags } = this.runs;
      const texts = ["id", "name", "stage", "status", "command", "error", "host"].map((key) => plain.value(key, row));
      const pairs = [params, tags].flatMap((columns) =>
        columns.names.filter((name) => columns.value(name, row) !== undefined).map((name) => `${name}=${columns.value(name, row)}`));
      this.haystacks[row] = [...texts, ...pairs].filter((text) => text !== undefined).join("\n").toLowerCase();
    }
    return this.haystacks[row];
  }

  /** Finds the rows that pass the filter, and sorts them. */
  select() {
    const { test, problems } = filterTest(this.query, this);
    const { stage, status } = this.choices;
    const [stages, statuses] = [this.runs.plain.get("stage"), this.runs.plain.get("status")];
    this.problems = problems;
    this.passing = this.runs.rows.filter((row) =>
      (stage === "" || stages[row] === stage) && (status === "" || statuses[row] === status) && test(row));
    this.sort();
  }

  /** Sorts the rows: numbers before texts; rows without a value are last in either direction. */
  sort() {
    const heading = this.headings.find((each) => each.key === this.order.key) ?? this.headings[0];
    const value = heading.value;
    const sign = this.order.descending ? -1 : 1;
    const keys = this.passing.map((row) => [row, value(row)]);
    const missing = (key) => key === undefined || Number.isNaN(key);
    const order = ([, a], [, b]) => {
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      if (typeof a !== typeof b) return sign * (typeof a === "number" ? -1 : 1);
      return a < b ? -sign : a > b ? sign : 0;
    };
    this.passing = keys.sort(order).map(([row]) => row);
    this.page = Math.max(0, Math.min(this.page, this.pages - 1));
  }

  get pages() {
    return Math.ceil(this.passing.length / this.size);
  }

  get visibleRows() {
    return this.passing.slice(this.page * this.size, (this.page + 1) * this.size);
  }

  /** The columns that are shown, in the order in which they are known. */
  get columns() {
    return this.headings.filter((heading) => this.shown.has(heading.key));
  }

  sortBy(key) {
    const heading = this.headings.find((each) => each.key === key);
    const isSame = this.order.key === key;
    const first = heading.best === "max" || key === "started";
    this.order = { key, descending: isSame ? !this.order.descending : first };
    this.page = 0;
    this.sort();
    this.draw();
    byID(`sort-${this.columns.findIndex((each) => each.key === key)}`)?.focus();
    this.changed("order");
  }

  /** Applies the filter anew. */
  refilter() {
    this.page = 0;
    this.select();
    this.draw();
    announce(byID("count").textContent);
    this.changed("order");
  }

  /** Ticks or unticks a row. A ticked row keeps its color. */
  tick(row, isTicked) {
    if (!isTicked) this.ticked.delete(row);
    else if (!this.ticked.has(row)) {
      if (this.ticked.size >= mostTicked) {
        announce(t("manyTicks", mostTicked));
        return false;
      }
      const used = new Set(this.ticked.values());
      this.ticked.set(row, [...Array(mostTicked).keys()].find((slot) => !used.has(slot)));
    }
    return true;
  }

  /** The row with the best value of a metric among those that pass. */
  bestRow(heading) {
    let best;
    for (const row of this.passing) {
      const value = heading.value(row);
      if (value === undefined || Number.isNaN(value)) continue;
      if (best === undefined || (heading.best === "min" ? value < best.value : value > best.value)) best = { row, value };
    }
    return best?.row;
  }

  draw() {
    const columns = this.columns;
    const best = new Map(columns.filter((each) => each.best).map((each) => [each.key, this.bestRow(each)]));
    const head = h("tr", {}, h("th", { scope: "col", class: "tick" }, h("span", { class: "hidden" }, t("tick"))),
      columns.map((heading, index) => this.headCell(heading, index)));
    const rows = this.visibleRows.map((row) => this.row(row, columns, best));
    byID("table-head").replaceChildren(head);
    byID("table-body").replaceChildren(...rows);
    byID("no-runs").hidden = this.passing.length > 0;
    this.drawCount();
  }

  headCell(heading, index) {
    const isSorted = this.order.key === heading.key;
    const direction = isSorted ? (this.order.descending ? "descending" : "ascending") : null;
    const mark = h("span", { class: "sort-mark", "aria-hidden": "true" }, isSorted ? (this.order.descending ? "↓" : "↑") : "");
    const button = h("button", { type: "button", id: `sort-${index}`, click: () => this.sortBy(heading.key) }, clipped(headingText(heading), 24), mark);
    return h("th", { scope: "col", class: heading.isNumber ? "number" : null, "aria-sort": direction }, button);
  }

  row(row, columns, best) {
    const slot = this.ticked.get(row);
    const box = h("input", {
      type: "checkbox", "aria-label": `${t("tick")}: ${this.runs.label(row)}`, checked: slot !== undefined,
      change: (event) => {
        if (!this.tick(row, event.target.checked)) event.target.checked = false;
        event.target.closest("tr").querySelector(".swatch")?.remove();
        if (this.ticked.has(row)) event.target.after(swatch(this.ticked.get(row)));
        this.drawCount();
        this.changed("ticks");
      },
    });
    const tick = h("td", { class: "tick" }, h("span", { class: "tick-box" }, box, slot === undefined ? null : swatch(slot)));
    return h("tr", {}, tick, columns.map((heading) => this.cell(row, heading, best.get(heading.key) === row)));
  }

  cell(row, heading, isBest) {
    if (heading.key === "id") {
      const open = () => showDetails(this.runs.id(row));
      return h("th", { scope: "row" }, h("button", { type: "button", class: "link", click: open }, this.runs.short(row)));
    }
    const text = heading.text ? heading.text(row) : heading.value(row) ?? "";
    if (heading.key === "status") return h("td", {}, statusMark(this.runs.plain.value("status", row)));
    const short = clipped(text, 26);
    const kind = [heading.isNumber ? "number" : null, isBest ? "best" : null].filter((each) => each).join(" ");
    return h("td", { class: kind || null, title: short === text ? null : visible(text) }, short,
      isBest ? h("span", { class: "hidden" }, ` (${t("best")})`) : null);
  }

  drawCount() {
    const [passing, all] = [this.passing.length, this.runs.rows.length];
    byID("count").textContent = passing === all ? t("count", all) : t("countOf", passing, all);
    byID("ticked").textContent = this.ticked.size > 0 ? t("ticked", this.ticked.size) : "";
    byID("untick").hidden = this.ticked.size === 0;
    byID("problems").textContent = this.problems.join(" ");
    byID("filter").toggleAttribute("aria-invalid", this.problems.length > 0);
    const from = this.page * this.size;
    byID("range").textContent = passing > 0 ? t("range", from + 1, Math.min(from + this.size, passing), passing) : "";
    for (const id of ["first", "previous"]) byID(id).disabled = this.page === 0;
    for (const id of ["next", "last"]) byID(id).disabled = this.page >= this.pages - 1;
    byID("pager").hidden = passing <= 25;
  }

  turn(page) {
    this.page = Math.max(0, Math.min(page, this.pages - 1));
    this.draw();
    announce(byID("range").textContent);
  }
}

/** A run's status as a mark and a word. */
const statusMark = (status) => h("span", { class: `status ${status}` }, h("span", { class: "dot", "aria-hidden": "true" }), t(status));
