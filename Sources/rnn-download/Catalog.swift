// The catalog as a table, or as JSON.

import Datasets
import JSON
import Stage

extension Download {
  /// Prints the catalog on standard output.
  func printCatalog(_ run: StageRun) {
    let json = JSONValue.array(Dataset.catalog.map(\.json))
    run.result(json, Download.table(Dataset.catalog), stream: .output)
  }

  /// Two lines for each data set: its description, and below it the terms.
  private static func table(_ datasets: [Dataset]) -> String {
    let rows = [["NAME", "MB", "CHECKSUM", "DESCRIPTION, TERMS"]] + datasets.flatMap(\.lines)
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ") + "  " + row[3]
    }.joined(separator: "\n")
  }
}

extension Dataset {
  fileprivate var lines: [[String]] {
    let facts = [byteCount.map { megabytes($0) } ?? "?", checksum?.algorithm.rawValue ?? "recorded"]
    return [[name] + facts + [summary], ["", "", "", "  " + terms]]
  }

  fileprivate var json: JSONValue {
    .object([
      "name": .string(name), "summary": .string(summary), "terms": .string(terms), "url": .string(address),
      "bytes": byteCount.map { .integer(Int64($0)) } ?? .null,
      "checksum": checksum.map { .object([$0.algorithm.rawValue: .string($0.hex)]) } ?? .null,
    ])
  }
}

private func megabytes(_ bytes: Int) -> String {
  let tenths = (bytes + 50_000) / 100_000
  return "\(tenths / 10).\(tenths % 10)"
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
