// The start: reading the data, connecting the parts, and drawing all of them.

const page = { runs: null, table: null, curves: null, parallel: null, live: null };

/** Draws what depends on the ticked runs, after fetching their curves if need be. */
const drawTicked = async () => {
  if (page.live) {
    try {
      await page.live.fetchCurves([...page.table.ticked.keys()]);
    } catch {
      page.live.mark(false);
    }
  }
  page.curves.draw();
  page.parallel.draw();
};

const changed = (what) => {
  if (what === "ticks") drawTicked();
  else page.parallel?.draw();
};

/** The first ticks: the newest runs that have curves of the main metric. */
const tickSome = () => {
  const { runs, table } = page;
  const has = (row) => (runs.data.live ? runs.metric(runs.data.main, "last", row) !== undefined : runs.curves.get(row)?.has(runs.data.main));
  table.passing.filter(has).slice(0, 5).forEach((row) => table.tick(row, true));
};

const drawChoices = () => {
  const { runs, table } = page;
  const refilter = (key) => (value) => {
    table.choices[key] = value;
    table.refilter();
  };
  const stages = runs.plain.distinct("stage").sort();
  byID("stage-box").replaceChildren(h("label", { for: "stage" }, t("stage")),
    select("stage", [["", t("all")], ...stages.map((stage) => [stage, visible(stage)])], table.choices.stage, refilter("stage")));
  const statuses = ["running", "done", "failed", "interrupted"];
  byID("status-box").replaceChildren(h("label", { for: "status" }, t("status")),
    select("status", [["", t("all")], ...statuses.map((status) => [status, t(status)])], table.choices.status, refilter("status")));
  byID("size-box").replaceChildren(h("label", { for: "size" }, t("perPage")),
    select("size", ["25", "50", "100", "200"].map((size) => [size, size]), String(table.size), (size) => {
      table.size = Number(size);
      table.turn(0);
    }));
  drawColumnChoices();
};

const drawColumnChoices = () => {
  const { table } = page;
  const group = (name) => {
    const headings = table.headings.filter((heading) => heading.group === name && heading.key !== "id");
    if (headings.length === 0) return null;
    return h("fieldset", {}, h("legend", {}, t(name)), h("div", { class: "choices" }, headings.map((heading) =>
      h("label", { class: "choice" }, h("input", {
        type: "checkbox", checked: table.shown.has(heading.key),
        change: (event) => {
          if (event.target.checked) table.shown.add(heading.key);
          else table.shown.delete(heading.key);
          table.draw();
        },
      }), clipped(headingText(heading), 40)))));
  };
  byID("column-choices").replaceChildren(...["properties", "parameters", "metrics", "tags"].map(group).filter((each) => each));
};

/** What the page says about itself, and what it leaves out. */
const drawAbout = () => {
  const { data } = page.runs;
  const { limits } = data;
  const cut = [...page.runs.curves.values()].some((curves) => [...curves.values()].some((curve) => curve.of));
  const missing = (data.pictures ?? []).filter((picture) => picture.problem).length;
  const notes = [
    data.older > 0 ? t("olderLeft", data.older, limits.runs) : null,
    data.measured > limits.curves ? t("curvesLeft", limits.curves, data.measured) : null,
    cut || data.live ? t("pointsLeft", limits.points) : null,
    missing > 0 ? t("picturesLeft", missing, bytesText(limits.picture), bytesText(limits.pictures)) : null,
    data.lacks_upstream ? t("upstreamLeft", limits.upstream) : null,
  ].filter((note) => note);
  const all = [...(notes.length > 0 ? notes : [t("nothingLeft")]), data.live ? t("liveNote") : null, t("share")].filter((note) => note);
  byID("notes").replaceChildren(...all.map((note) => h("li", {}, note)));
  byID("facts").replaceChildren(...term(t("generated"), timeText(data.generated, true)), ...term(t("registry"), h("code", {}, visible(data.registry))));
  byID("made").textContent = t("madeBy", data.version);
};

const drawAll = () => {
  translate(document);
  byID("title").textContent = page.runs.data.title === null ? t("runs") : visible(page.runs.data.title);
  document.title = byID("title").textContent;
  drawChoices();
  page.table.draw();
  page.curves.draw();
  page.parallel.draw();
  drawAbout();
};

const listen = () => {
  const { table } = page;
  const turns = { first: () => 0, previous: () => table.page - 1, next: () => table.page + 1, last: () => table.pages - 1 };
  for (const [id, target] of Object.entries(turns)) byID(id).addEventListener("click", () => table.turn(target()));
  byID("filter").addEventListener("input", debounced(150, () => {
    table.query = byID("filter").value;
    table.refilter();
  }));
  byID("tick-page").addEventListener("click", () => {
    for (const row of table.visibleRows) if (!table.tick(row, true)) break;
    table.draw();
    drawTicked();
  });
  byID("untick").addEventListener("click", () => {
    table.ticked.clear();
    table.draw();
    drawTicked();
    byID("tick-page").focus();
  });
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  byID("csv").addEventListener("click", () => saveCSV(table));
  byID("language").addEventListener("click", () => {
    language = language === "en" ? "zh" : "en";
    drawAll();
    openDetails();
  });
  byID("details").addEventListener("close", () => {
    if (location.hash.startsWith("#run=")) history.replaceState(null, "", location.pathname + location.search);
  });
  byID("close").addEventListener("click", () => byID("details").close());
  byID("details").addEventListener("click", (event) => {
    if (event.target === byID("details")) byID("details").close();
  });
  window.addEventListener("hashchange", openDetails);
};

/** Takes over what the server has sent. */
const refreshed = () => {
  page.table.headings = makeHeadings(page.runs);
  page.table.haystacks = [];
  page.table.select();
  page.table.draw();
  drawTicked();
};

const begin = (data) => {
  language = data.language;
  page.runs = new Runs(data);
  page.table = new RunTable(page.runs, changed);
  if (data.live) page.live = new LiveUpdates(page.runs, refreshed);
  page.curves = new CurveChart(page.runs, page.table);
  page.parallel = new ParallelPlot(page.runs, page.table);
  tickSome();
  byID("content").hidden = false;
  byID("loading").hidden = true;
  drawAll();
  listen();
  if (page.live) drawTicked();
  openDetails();
  document.documentElement.dataset.ready = "true";
};

const start = async () => {
  language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  translate(document);
  const element = byID("data");
  if (element && typeof DecompressionStream === "undefined") throw new Error(t("old"));
  begin(element ? await decodedData(element) : await answer("data"));
};

start().catch((error) => {
  byID("loading").textContent = t("failedLoad") + error.message;
  byID("loading").className = "problem";
});
