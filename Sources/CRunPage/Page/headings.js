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
  headings.push(...metricHeadings(runs));
  for (const name of runs.params.names.sort()) headings.push(textHeading(runs, runs.params, name, "param", "parameters"));
  for (const name of runs.tags.names.sort()) {
    headings.push(textHeading(runs, runs.tags, name, "tag", "tags"));
  }
  return headings;
};

const isNumeric = (text) => text.trim() !== "" && !Number.isNaN(Number(text));

/** A parameter or a tag: a number if all of its values are. */
const textHeading = (runs, columns, name, prefix, group) => {
  const isNumber = columns.distinct(name).every(isNumeric);
  const raw = (row) => columns.value(name, row);
  const value = isNumber ? (row) => (raw(row) === undefined ? undefined : Number(raw(row))) : raw;
  const label = runs.metrics.has(name) ? `${name} (${t(prefix)})` : name;
  return { key: `${prefix}.${name}`, label, group, value, text: (row) => raw(row) ?? "", isNumber };
};

const metricHeadings = (runs) => {
  const heading = (key, name, statistic) => {
    const best = ["min", "max"].find((each) => Object.hasOwn(runs.data.directions, name) && runs.data.directions[name] === each);
    const value = (row) => runs.metric(name, statistic, row);
    return { key, label: key, group: "metrics", value, text: (row) => rounded(value(row)), isNumber: true, best, metric: name };
  };
  const given = runs.data.shown.map((each) => {
    if (each.statistic) return heading(each.heading, each.metric, each.statistic);
    const value = (row) => runs.steps.value(each.heading, row);
    return { ...heading(each.heading, each.metric, "last"), value, text: (row) => rounded(value(row)) };
  });
  const all = frequentMetrics(runs).flatMap((name) =>
    [["", "last"], [":min", "min"], [":max", "max"]].map(([ending, statistic]) => heading(name + ending, name, statistic)));
  return [...given, ...all.filter((each) => !given.some((other) => other.key === each.key))];
};

/** The text of a column's heading. */
const headingText = (heading) => visible(heading.label ?? t(heading.key));

/** How many of the rows have another value than the most frequent one. */
const variety = (rows, value) => {
  const counts = new Map();
  for (const row of rows) {
    const each = value(row);
    if (each !== undefined) counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  const all = [...counts.values()];
  return all.reduce((sum, count) => sum + count, 0) - Math.max(0, ...all);
};

/** Those of the columns in which many rows differ, the ones in which most differ first. */
const byVariety = (headings, rows) => {
  const rated = headings.map((heading) => [variety(rows, heading.value), heading]).sort(([a], [b]) => b - a);
  return rated.filter(([rate]) => rate > 0 && rate * 4 >= rated[0][0]).map(([, heading]) => heading);
};

/** The metrics that most runs have, the main one first. */
const frequentMetrics = (runs) => {
  const counts = new Map([...runs.metrics].map(([name, columns]) => [name, columns.filled("last")]));
  const names = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  const main = runs.data.main;
  return main === null ? names : [main, ...names.filter((name) => name !== main)];
};

/** How many of the newest runs decide which parameters are shown at first. */
const mostCompared = 5000;

/** The keys of the columns that are shown at first. */
const usualColumns = (runs, headings) => {
  const keys = ["id"];
  if (runs.plain.names.includes("name")) keys.push("name");
  if (runs.plain.distinct("stage").length > 1) keys.push("stage");
  keys.push("status", "started", "time");
  const parameters = headings.filter((heading) => heading.group === "parameters");
  keys.push(...byVariety(parameters, runs.rows.slice(0, mostCompared)).slice(0, 6).map((heading) => heading.key));
  const shown = runs.data.shown.map((each) => each.heading);
  keys.push(...(shown.length > 0 ? shown : frequentMetrics(runs).slice(0, 4)));
  return new Set(keys);
};
