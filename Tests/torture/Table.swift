// The table of faults tried and survived in docs/reliability.md, updated from the log. A row never loses attempts: the
// log may be that of another machine, or a new one.

import CommandRunning
import Foundation

private let begin = "<!-- faults -->"
private let end = "<!-- end of faults -->"

/// Updates the table.
func updateTable(_ log: AttemptLog) throws {
  let file = CommandRunner.repository.appending(path: "docs/reliability.md")
  let page = try String(contentsOf: file, encoding: .utf8)
  guard let start = page.range(of: begin), let stop = page.range(of: end) else {
    throw Harm("docs/reliability.md has no \(begin) and \(end)")
  }
  let known = rows(page[start.upperBound..<stop.lowerBound])
  let head = [
    "| experiment | faults | instead of harm | tried | survived | the most trusted of its kind |",
    "|---|---|---|---:|---:|---|",
  ]
  let body = experiments.map { experiment in
    let row = row(experiment, log.tallies[experiment.name] ?? Tally())
    let isOlder = (log.tallies[experiment.name]?.tried ?? 0) < known[experiment.name]?.tried ?? 0
    return isOlder ? known[experiment.name]?.text ?? row : row
  }
  let table = (head + body).joined(separator: "\n")
  try "\(page[..<start.upperBound])\n\(table)\n\(page[stop.lowerBound...])".write(
    to: file, atomically: true, encoding: .utf8)
}

private func row(_ experiment: Experiment, _ tally: Tally) -> String {
  "| `\(experiment.name)` | \(experiment.fault) | \(experiment.expected) | \(grouped(tally.tried)) "
    + "| \(grouped(tally.survived)) | \(experiment.anchor) |"
}

/// The rows of a table by the name of their experiment.
private func rows(_ table: Substring) -> [String: (tried: Int, text: String)] {
  table.split(separator: "\n").reduce(into: [:]) { rows, line in
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count == 6, let tried = Int(cells[3].filter { $0 != "," }) else { return }
    rows[cells[0].filter { $0 != "`" }] = (tried, String(line))
  }
}
