// Saving the rows that pass the filter as CSV, with all digits.

/** The columns that are shown, of all rows that pass, with whole ids and times in UTC. */
const tableCSV = (table) => {
  const columns = table.columns;
  const exact = (heading, row) => {
    const value = heading.value(row);
    if (value === undefined) return "";
    return heading.key === "started" ? new Date(value).toISOString() : String(value);
  };
  const lines = table.passing.map((row) => columns.map((heading) => csvCell(exact(heading, row))).join(","));
  return `${[columns.map((heading) => csvCell(heading.key)).join(","), ...lines].join("\n")}\n`;
};

const saveCSV = (table) => {
  const address = URL.createObjectURL(new Blob([tableCSV(table)], { type: "text/csv" }));
  h("a", { href: address, download: "runs.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};
