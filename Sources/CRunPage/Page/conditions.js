// The filter: words that a run's texts must contain, and conditions such as units>=32, val_loss:min<0.3 or
// optimizer=adam|sgd.

/** A filter's terms: quotes keep spaces together, and a backslash makes the next character a plain one. */
const filterTerms = (text) =>
  [...text.matchAll(/(?:\\.|[^\s"]|"(?:\\.|[^"\\])*"?)+/g)]
    .map(([term]) => term.replace(/\\(.)|"/g, (_, plain) => plain ?? "")).filter((term) => term !== "");

/** A value as it is written in a filter. */
const filterValue = (value) =>
  /[\s"\\]/.test(String(value)) ? `"${String(value).replace(/["\\]/g, "\\$&")}"` : String(value);

const comparisons = {
  "=": (order) => order === 0, "!=": (order) => order !== 0, "<": (order) => order < 0, "<=": (order) => order <= 0,
  ">": (order) => order > 0, ">=": (order) => order >= 0,
};

/** How a value compares with a text: as numbers where both are; undefined if there is no order. */
const compared = (value, text) => {
  const [left, right] = [Number(value), Number(text)];
  if (text.trim() !== "" && String(value).trim() !== "" && !Number.isNaN(left) && !Number.isNaN(right)) {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const [a, b] = [String(value), text];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** A test of rows, and what is wrong with the filter. */
const filterTest = (text, table) => {
  const tests = [];
  const problems = [];
  for (const term of filterTerms(text)) {
    const parts = /^([^!<>=]+)(!=|<=|>=|=|<|>)(.*)$/.exec(term);
    if (!parts) {
      const word = term.toLowerCase();
      tests.push((row) => table.haystack(row).includes(word));
      continue;
    }
    const heading = table.heading(parts[1]);
    if (!heading) {
      problems.push(t("unknownColumn", parts[1]));
      continue;
    }
    const holds = comparisons[parts[2]];
    const alternatives = parts[2] === "=" && parts[3].includes("|") ? [parts[3], ...parts[3].split("|")] : [parts[3]];
    tests.push((row) => {
      const value = heading.compare ? heading.compare(row) : heading.value(row);
      return value !== undefined && alternatives.some((text) => holds(compared(value, text)));
    });
  }
  return { test: (row) => tests.every((test) => test(row)), problems };
};
