// The columns that the table can show: properties, parameters, metrics and tags.

/** What a column shows: its value for sorting, and its text. */
const makeHeadings = (runs) => {
  const plain = (key) => (row) => runs.plain.value(key, row);
  const headings = [
    { key: "id", group: "properties", value: plain("id"), text: (row) => runs.short(row) },
    { key: "name", group: "properties", value: plain("name") },
    { key: "stage", group: "properties", value: plain("stage") },
    { key: "status", group: "properties", value: plain("status"), text: (row) => t(plain("status")(row)) },
    { key: "started", group: "properties", value: plain("started"), text: (row) => timeText(plain("started")(row)), compare: (row) => timeText(plain("started")(row)) },
    { key: "time", group: "properties", value: plain("wall"), text: (row) => span(plain("wall")(row)), isNumber: true },
  ];
  const properties = [["memory", "memory", bytesText], ["processor", "cpu", span]];
  for (const [key, source, format] of properties) {
    headings.push({ key, group: "properties", value: plain(source), text: (row) => format(plain(source)(row)), isNumber: true });
  }
  for (const key of ["host", "user", "version", "command", "error"]) headings.push({ key, group: "properties", value: plain(key) });
  for (const name of runs.params.names.sort()) headings.push(parameterHeading(runs, name));
  for (const heading of metricHeadings(runs)) headings.push(heading);
  for (const name of runs.tags.names.sort()) {
    headings.push({ key: `tag.${name}`, label: name, group: "tags", value: (row) => runs.tags.value(name, row) });
  }
  return headings;
};

const isNumeric = (text) => text.trim() !== "" && !Number.isNaN(Number(text));

const parameterHeading = (runs, name) => {
  const isNumber = runs.params.distinct(name).every(isNumeric);
  const raw = (row) => runs.params.value(name, row);
  const value = isNumber ? (row) => (raw(row) === undefined ? undefined : Number(raw(row))) : raw;
  return { key: name, label: name, group: "parameters", value, text: (row) => raw(row) ?? "", isNumber };
};

const metricHeadings = (runs) => {
  const heading = (key, name, statistic) => {
    const best = { min: "min", max: "max" }[runs.data.directions[name]];
    const value = (row) => runs.metric(name, statistic, row);
    return { key, label: key, group: "metrics", value, text: (row) => rounded(value(row)), isNumber: true, best, metric: name };
  };
  const given = runs.data.shown.map((each) => {
    if (each.statistic) return heading(each.heading, each.metric, each.statistic);
    const value = (row) => runs.steps.value(each.heading, row);
    return { ...heading(each.heading, each.metric, "last"), value, text: (row) => rounded(value(row)) };
  });
  const all = [...runs.metrics.keys()].sort().flatMap((name) =>
    [["", "last"], [":min", "min"], [":max", "max"]].map(([ending, statistic]) => heading(name + ending, name, statistic)));
  return [...given, ...all.filter((each) => !given.some((other) => other.key === each.key))];
};

/** The text of a column's heading. */
const headingText = (heading) => visible(heading.label ?? t(heading.key));

/** The parameters that differ, those that most runs with metrics have first; and, of equal ones, those with fewer values. */
const differingParameters = (runs) => {
  const usable = runs.params.names.filter((name) => runs.params.distinct(name).length > 1);
  const counts = new Map(usable.map((name) => [name, runs.params.filled(name)]));
  const most = Math.max(0, ...counts.values());
  const shared = usable.filter((name) => counts.get(name) * 2 >= most);
  return shared.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
};

/** The metrics that most runs have, the main one first. */
const frequentMetrics = (runs) => {
  const counts = new Map([...runs.metrics].map(([name, columns]) => [name, columns.filled("last")]));
  const names = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  const main = runs.data.main;
  return main === null ? names : [main, ...names.filter((name) => name !== main)];
};

/** The keys of the columns that are shown at first. */
const usualColumns = (runs) => {
  const keys = ["id"];
  if (runs.plain.names.includes("name")) keys.push("name");
  if (runs.plain.distinct("stage").length > 1) keys.push("stage");
  keys.push("status", "started", "time");
  keys.push(...differingParameters(runs).slice(0, 6));
  const shown = runs.data.shown.map((each) => each.heading);
  keys.push(...(shown.length > 0 ? shown : frequentMetrics(runs).slice(0, 4)));
  return new Set(keys);
};
