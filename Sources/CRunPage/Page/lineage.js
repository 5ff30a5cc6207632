// The lineage of a run: the runs that its data came from, and those that read what it wrote, as a graph and as a list.

const mostNodes = 60;

/** The runs around a run and the data between them. */
class Lineage {
  constructor(runs, id) {
    [this.runs, this.id] = [runs, id];
    this.nodes = new Map();
    this.edges = [];
    this.isCut = false;
    this.add(id, runs.plain.value("stage", runs.rowOf(id)));
    this.collect(id, (node) => this.origins(node));
    this.collect(id, (node) => this.readers(node));
    this.place();
  }

  add(id, stage) {
    if (this.nodes.has(id)) return true;
    if (this.nodes.size >= mostNodes) {
      this.isCut = true;
      return false;
    }
    this.nodes.set(id, { id, stage, row: this.runs.rowOf(id) });
    return true;
  }

  /** Follows the data in one direction. */
  collect(start, next) {
    const [waiting, seen] = [[start], new Set([start])];
    while (waiting.length > 0) {
      for (const { edge, id, stage } of next(waiting.shift())) {
        if (!this.add(id, stage)) continue;
        if (!this.edges.some((known) => known.from === edge.from && known.to === edge.to)) this.edges.push(edge);
        if (!seen.has(id)) waiting.push(id);
        seen.add(id);
      }
    }
  }

  origins(id) {
    const row = this.runs.rowOf(id);
    if (row === undefined) return [];
    return this.runs.files.inputs.of(row).filter((input) => input.upstream !== undefined && input.upstream !== id)
      .map((input) => ({ id: input.upstream, stage: input.upstream_stage, edge: { from: input.upstream, to: id, data: input } }));
  }

  readers(id) {
    const row = this.runs.rowOf(id);
    if (row === undefined) return [];
    return this.runs.readers(row).filter((reader) => this.runs.id(reader) !== id).map((reader) => {
      const data = this.runs.files.inputs.of(reader).find((input) => input.upstream === id);
      return { id: this.runs.id(reader), stage: this.runs.plain.value("stage", reader), edge: { from: id, to: this.runs.id(reader), data } };
    });
  }

  /** Gives each run a layer, after those that its data comes from, and a place in it, near them. */
  place() {
    const sources = new Map([...this.nodes.keys()].map((id) => [id, []]));
    for (const { from, to } of this.edges) sources.get(to).push(from);
    const layerOf = (id, path) => {
      const node = this.nodes.get(id);
      if (node.layer === undefined && !path.has(id)) {
        const earlier = sources.get(id).map((source) => layerOf(source, new Set([...path, id])));
        node.layer = earlier.length === 0 ? 0 : Math.max(...earlier) + 1;
      }
      return node.layer ?? 0;
    };
    for (const id of this.nodes.keys()) layerOf(id, new Set());
    this.layers = [];
    for (const node of this.nodes.values()) (this.layers[node.layer] ??= []).push(node);
    this.layers = [...this.layers].map((layer) => layer ?? []);
    for (const layer of this.layers) {
      for (const node of layer) {
        const ranks = sources.get(node.id).map((source) => this.nodes.get(source).rank ?? 0);
        node.wish = ranks.length === 0 ? 0 : ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
      }
      layer.sort((a, b) => a.wish - b.wish || (a.id < b.id ? -1 : 1)).forEach((node, rank) => (node.rank = rank));
    }
  }
}

/** The lineage as a graph, from left to right. */
const lineageGraph = (lineage) => {
  const [boxWidth, boxHeight, gapX, gapY] = [148, 46, 62, 16];
  const rows = Math.max(...lineage.layers.map((layer) => layer.length));
  const [width, height] = [lineage.layers.length * (boxWidth + gapX) - gapX + 4, rows * (boxHeight + gapY) - gapY + 4];
  const at = (node) => {
    const free = rows - lineage.layers[node.layer].length;
    return [2 + node.layer * (boxWidth + gapX), 2 + (node.rank + free / 2) * (boxHeight + gapY)];
  };
  const edges = lineage.edges.map(({ from, to, data }) => {
    const [[x1, y1], [x2, y2]] = [at(lineage.nodes.get(from)), at(lineage.nodes.get(to))];
    const [start, end, middle] = [x1 + boxWidth, x2 - 5, (x1 + boxWidth + x2) / 2];
    const [a, b] = [y1 + boxHeight / 2, y2 + boxHeight / 2];
    return g("path", { class: "edge", "marker-end": "url(#arrow)", d: `M${start},${a}C${middle},${a} ${middle},${b} ${end},${b}` },
      g("title", {}, dataText(data)));
  });
  const nodes = [...lineage.nodes.values()].map((node) => lineageBox(lineage, node, at(node), boxWidth, boxHeight));
  return g("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": t("lineageAlt", lineage.nodes.size) },
    g("defs", {}, g("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      g("path", { class: "arrow", d: "M0,0L8,4L0,8z" }))), edges, nodes);
};

const lineageBox = (lineage, node, [x, y], width, height) => {
  const isKnown = node.row !== undefined;
  const name = isKnown ? lineage.runs.plain.value("name", node.row) ?? shortID(node.id) : shortID(node.id);
  const kind = ["node", node.id === lineage.id ? "current" : "", isKnown ? lineage.runs.plain.value("status", node.row) : "unknown"].join(" ");
  const box = [g("rect", { class: kind, x, y, width, height, rx: 6 }),
    g("text", { class: "node-stage", x: x + 10, y: y + 19 }, clipped(node.stage ?? "?", 18)),
    g("text", { class: "node-name", x: x + 10, y: y + 35 }, clipped(name, 20))];
  const label = `${node.stage ?? ""} ${visible(name)}`;
  return isKnown ? g("a", { href: `#run=${encodeURIComponent(node.id)}`, "aria-label": label }, box) : g("g", {}, box);
};

/** Data in one line: kind, rows, size, the beginning of its hash. */
const dataText = (data) =>
  [data?.kind, data?.rows === undefined ? undefined : t("rows", data.rows), bytesText(data?.bytes),
    data?.hash === undefined ? undefined : `sha256 ${data.hash}`].filter((part) => part).map(visible).join(", ");

/** The lineage as a list of connections. */
const lineageList = (lineage) => {
  const link = (id) => {
    const { row, stage } = lineage.nodes.get(id);
    const text = `${stage ?? ""} ${row === undefined ? `${shortID(id)} (${t("unknown")})` : lineage.runs.label(row)}`.trim();
    return row === undefined ? text : h("a", { href: `#run=${encodeURIComponent(id)}` }, text);
  };
  return h("ul", { class: "plain" }, lineage.edges.map(({ from, to, data }) => h("li", {}, link(from), " → ", link(to), ": ", dataText(data) || t("data"))));
};
