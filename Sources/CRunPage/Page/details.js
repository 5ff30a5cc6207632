// Everything about one run, in a dialog. Its address (#run=...) can be linked to.

const showDetails = (id) => {
  const address = `#run=${encodeURIComponent(id)}`;
  if (location.hash !== address) location.hash = address;
  else openDetails();
};

/** Opens the run that the address names, or closes the dialog. */
const openDetails = () => {
  const dialog = byID("details");
  const match = /^#run=(.+)$/.exec(location.hash);
  const id = match ? decodedAddress(match[1]) : null;
  const row = id === null || !page.runs ? undefined : page.runs.rowOf(id);
  if (row === undefined) {
    if (dialog.open) dialog.close();
    return;
  }
  byID("details-title").textContent = `${page.runs.plain.value("stage", row)} ${page.runs.label(row)}`;
  byID("details-content").replaceChildren(...detailParts(page.runs, row));
  if (!dialog.open) dialog.showModal();
  byID("details-content").scrollTop = 0;
};

const decodedAddress = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const detailParts = (runs, row) => {
  const pairs = (columns) => columns.names.filter((name) => columns.value(name, row) !== undefined).sort().map((name) => [name, columns.value(name, row)]);
  const parts = [
    propertyList(runs, row), part("metrics", metricTable(runs, row)), part("parameters", pairTable("parameters", pairs(runs.params))),
    part("tags", pairTable("tags", pairs(runs.tags))), part("pictures", pictureList(runs, row)), part("lineage", lineagePart(runs, row)),
    part("inputs", fileList(runs.files.inputs.of(row), runs)), part("outputs", fileList(runs.files.outputs.of(row), runs)),
  ];
  return parts.filter((each) => each);
};

const part = (key, content) => (content ? h("section", {}, h("h3", {}, t(key)), content) : null);

const propertyList = (runs, row) => {
  const value = (key) => runs.plain.value(key, row);
  const text = (key) => (value(key) === undefined ? undefined : visible(value(key)));
  const took = value("wall") === undefined ? undefined : [span(value("wall")), value("cpu") === undefined ? null : `${t("processor").toLowerCase()} ${span(value("cpu"))}`,
    value("memory") === undefined ? null : `${t("memory").toLowerCase()} ${bytesText(value("memory"))}`].filter((each) => each).join(", ");
  const version = [text("version"), text("cpu_target")].filter((each) => each).join(", ");
  const items = [
    ["id", text("id")], ["name", text("name")], ["status", statusMark(value("status"))], ["exit", value("exit") || undefined], ["error", text("error")],
    ["started", timeText(value("started"), true)], ["ended", timeText(value("ended"), true)], ["took", took], ["seed", text("seed")],
    ["version", version], ["host", [text("user"), text("host")].filter((each) => each).join("@")], ["folder", text("cwd")],
  ];
  const list = items.filter(([, each]) => each !== undefined && each !== "").flatMap(([key, each]) => term(t(key), each));
  const command = value("command") === undefined ? null : h("pre", { class: "command", tabindex: "0", "aria-label": t("command") }, visible(value("command")));
  return h("section", {}, command, h("dl", { class: "properties" }, list));
};

const metricTable = (runs, row) => {
  const names = [...runs.metrics.keys()].filter((name) => runs.metric(name, "last_step", row) !== undefined).sort();
  if (names.length === 0) return null;
  const cell = (name, statistic) => {
    const value = runs.metric(name, statistic, row);
    const step = runs.metric(name, `${statistic}_step`, row);
    return h("td", { class: "number" }, rounded(value), value === undefined ? null : h("span", { class: "at" }, ` ${t("at", step)}`));
  };
  const head = h("tr", {}, h("th", { scope: "col" }, t("metric")), ["lastValue", "min", "max"].map((key) => h("th", { scope: "col", class: "number" }, t(key))));
  const rows = names.map((name) => h("tr", {}, h("th", { scope: "row" }, visible(name)), ["last", "min", "max"].map((statistic) => cell(name, statistic))));
  return scrolling(t("metrics"), h("table", {}, h("thead", {}, head), h("tbody", {}, rows)));
};

const pairTable = (key, pairs) => {
  if (pairs.length === 0) return null;
  const rows = pairs.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, visible(name)), h("td", { class: "wrap" }, visible(value))));
  return scrolling(t(key), h("table", { class: "pairs" }, h("tbody", {}, rows)));
};

const pictureList = (runs, row) => {
  const pictures = runs.pictures.get(row) ?? [];
  if (pictures.length === 0) return null;
  return h("div", { class: "pictures" }, pictures.map((picture) => {
    const name = visible(picture.path.split("/").pop());
    const caption = h("figcaption", {}, name, picture.problem ? `: ${t(picture.problem)}` : "");
    const image = picture.problem ? null : h("img", { src: pictureSource(runs, row, picture), alt: name, loading: "lazy" });
    image?.addEventListener("error", () => image.replaceWith(h("p", { class: "note" }, t("changed"))));
    return h("figure", {}, image, caption);
  }));
};

/** Where a picture's content is: in this file, or on the server. */
const pictureSource = (runs, row, picture) => {
  if (runs.data.live) return `picture?run=${encodeURIComponent(runs.id(row))}&output=${picture.position}`;
  return `data:${picture.type};base64,${byID(`picture-${picture.element}`).textContent}`;
};

const lineagePart = (runs, row) => {
  const lineage = new Lineage(runs, runs.id(row));
  if (lineage.edges.length === 0) return null;
  return h("div", {}, scrolling(t("lineage"), lineageGraph(lineage)), lineage.isCut ? h("p", { class: "note" }, t("lineageCut", mostNodes)) : null,
    h("details", {}, h("summary", {}, t("lineageList")), lineageList(lineage)));
};

const fileList = (files, runs) => {
  if (files.length === 0) return null;
  return h("ul", { class: "files" }, files.map((file) => {
    const origin = file.upstream === undefined ? null : originLink(file, runs);
    return h("li", {}, file.path === undefined ? null : h("code", {}, visible(file.path)), h("span", { class: "note" }, dataText(file)), origin);
  }));
};

const originLink = (file, runs) => {
  const row = runs.rowOf(file.upstream);
  const name = visible(`${file.upstream_stage ?? ""} ${row === undefined ? shortID(file.upstream) : runs.label(row)}`.trim());
  const link = row === undefined ? `${name} (${t("unknown")})` : h("a", { href: `#run=${encodeURIComponent(file.upstream)}` }, name);
  return h("span", {}, `${t("from_")} `, link);
};
