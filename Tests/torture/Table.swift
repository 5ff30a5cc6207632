// The table of faults tried and survived in docs/reliability.md, updated from the log. A row never loses attempts: where
// the log is a new one, the attempts go on from the table's counts.

import CommandRunning
import Foundation

private let begin = "<!-- faults -->"
private let end = "<!-- end of faults -->"

/// Updates the table.
func updateTable(_ log: AttemptLog) throws {
  let (page, table) = try pageAndTable()
  let known = counts(page[table])
  let head = [
    "| experiment | faults | instead of harm | tried | survived | the most trusted of its kind |",
    "|---|---|---|---:|---:|---|",
  ]
  let body = experiments.map { experiment in
    var tally = log.tallies[experiment.name] ?? Tally()
    tally.tried = max(tally.tried, known[experiment.name] ?? 0)
    return row(experiment, tally)
  }
  let text = (head + body).joined(separator: "\n")
  try "\(page[..<table.lowerBound])\n\(text)\n\(page[table.upperBound...])".write(
    to: file, atomically: true, encoding: .utf8)
}

/// The number of attempts in the table by the name of their experiment.
func countsInTable() throws -> [String: Int] {
  let (page, table) = try pageAndTable()
  return counts(page[table])
}

private let file = CommandRunner.repository.appending(path: "docs/reliability.md")

/// The page, and where its table is.
private func pageAndTable() throws -> (page: String, table: Range<String.Index>) {
  let page = try String(contentsOf: file, encoding: .utf8)
  guard let start = page.range(of: begin), let stop = page.range(of: end) else {
    throw Harm("docs/reliability.md has no \(begin) and \(end)")
  }
  return (page, start.upperBound..<stop.lowerBound)
}

private func row(_ experiment: Experiment, _ tally: Tally) -> String {
  "| `\(experiment.name)` | \(experiment.fault) | \(experiment.expected) | \(grouped(tally.tried)) "
    + "| \(grouped(tally.survived)) | \(experiment.anchor) |"
}

private func counts(_ table: Substring) -> [String: Int] {
  table.split(separator: "\n").reduce(into: [:]) { counts, line in
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count == 6, let tried = Int(cells[3].filter { $0 != "," }) else { return }
    counts[cells[0].filter { $0 != "`" }] = tried
  }
}
