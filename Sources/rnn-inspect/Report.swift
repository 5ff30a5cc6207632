// What rnn-inspect prints: one JSON object, or the same as readable text.

import JSON
import Stage
import Tensor
import TensorFile

extension StreamSummary {
  /// The report as one JSON object.
  func json(hash: String) -> JSONValue {
    var members = members(hash: hash).merging(model?.members ?? [:]) { $1 }
    members["classes"] = classes?.json
    return .object(members)
  }

  private func members(hash: String) -> [String: JSONValue] {
    [
      "kind": .string(header.kind),
      "rows": .integer(Int64(rows)),
      "hash": .string(hash),
      "columns": .array(sortedColumns.map { columnJSON($0.name, $0.column) }),
      "first_rows": .array(firstRows.map(JSONValue.object)),
      "metadata": .object(header.metadata.mapValues(metadataValue)),
      "side": .object(
        Dictionary(
          uniqueKeysWithValues: header.side.map { ($0.key, .string(storedForm($0.key, $0.value))) })),
      "provenance": .array(provenance.map(provenanceObject)),
    ]
  }

  private func columnJSON(_ name: String, _ column: ColumnSummary) -> JSONValue {
    guard name == "time", let times, let object = column.json(name: name).object else {
      return column.json(name: name)
    }
    return .object(object.merging(times.members) { $1 })
  }

  /// The report as text.
  func text(name: String, hash: String) -> String {
    let kind = header.kind.isEmpty ? "safetensors document" : header.kind
    let count = model == nil ? ", \(NumberText.grouped(rows)) \(rows == 1 ? "row" : "rows")" : ""
    let sections = [
      "\(printable(name)): \(kind)\(count)", model?.text ?? "", columnTable,
      times?.line.map { "times  \($0)" } ?? "", section("classes", classes?.lines.map(printable) ?? []),
      section("first rows", rowLines),
      section("metadata", metadataLines),
      section(model == nil ? "side tensors" : "weights and side tensors", sideLines),
      section("made by", provenanceLines), "artifact \(hash)",
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var sortedColumns: [(name: String, column: ColumnSummary)] {
    columns.sorted { $0.key < $1.key }.map { (name: $0.key, column: $0.value) }
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : ([title] + lines.map { "  \($0)" }).joined(separator: "\n")
  }
}

// MARK: - Text

extension StreamSummary {
  private var columnTable: String {
    guard !columns.isEmpty else { return "" }
    let head = ["column", "type", "min", "max", "mean", "missing", "lengths"]
    let rows = sortedColumns.map { name, column in
      [printable(name), column.form] + (timeCells(name) ?? numbers(column.values)) + [
        missing(column.values), lengths(column),
      ]
    }
    return alignedTable([head] + rows)
  }

  /// The first and the last time in place of numbers; nil for other columns.
  private func timeCells(_ name: String) -> [String]? {
    guard name == "time", let ends = times?.ends else { return nil }
    return [ends.first, ends.last, "-"]
  }

  private func numbers(_ summary: NumberSummary) -> [String] {
    guard let mean = summary.mean else { return ["-", "-", "-"] }
    return [summary.least, summary.greatest, mean].map { NumberText.significant($0) }
  }

  private func missing(_ summary: NumberSummary) -> String {
    summary.infinite == 0 ? "\(summary.missing)" : "\(summary.missing) (\(summary.infinite) infinite)"
  }

  private func lengths(_ column: ColumnSummary) -> String {
    guard column.schema.isRagged, let mean = column.lengths.mean else { return "" }
    let (least, greatest) = (Int(column.lengths.least), Int(column.lengths.greatest))
    return "\(least) to \(greatest), mean \(NumberText.significant(mean, 4))"
  }

  private var rowLines: [String] {
    firstRows.enumerated().flatMap { index, row in
      row.sorted { $0.key < $1.key }.map { name, value in
        let shown = name == "time" ? times?.texts(value) ?? value : value
        return "\(index)  \(printable(name)): \(shortened(shown))"
      }
    }
  }

  private var metadataLines: [String] {
    header.metadata.sorted { $0.key < $1.key }.filter { $0.key != "rnn.kind" }.map {
      "\(printable($0.key))  \(clipped(printable($0.value), to: 200))"
    }
  }

  /// The type and shape of a side tensor as it is stored.
  private func storedForm(_ name: String, _ tensor: Tensor) -> String {
    let whole = form(of: tensor)
    return header.narrow[name].map { "\($0.typeName)\(whole.dropFirst(tensor.type.rawValue.count))" } ?? whole
  }

  private var sideLines: [String] {
    header.side.sorted { $0.key < $1.key }.map {
      "\(printable($0.key))  \(storedForm($0.key, $0.value))"
    }
  }

  private var provenanceLines: [String] {
    provenance.map { origin in
      let shard = origin.shard.map { "; \($0.longText)" } ?? ""
      return printable("\(origin.stage) \(origin.version), run \(origin.run), on \(origin.host)\(shard)")
    }
  }

  /// A row's value in one line of reasonable length.
  private func shortened(_ value: JSONValue) -> String {
    if let text = value.string { return clipped(printable(text), to: 100) }
    return clipped(shortNumbers(value), to: 100)
  }

  private func shortNumbers(_ value: JSONValue) -> String {
    switch value {
    case .number(let number): return NumberText.significant(number)
    case .string(let text): return printable(text)
    case .array(let items):
      let shown = items.prefix(12).map(shortNumbers).joined(separator: " ")
      return "[\(shown)\(items.count > 12 ? " ... (\(items.count))" : "")]"
    default: return value.text
    }
  }
}

private func clipped(_ text: String, to limit: Int) -> String {
  text.count > limit ? text.prefix(limit - 3) + "..." : text
}

/// Rows of cells in columns separated by two spaces; the first two columns are left-aligned, numbers right-aligned.
func alignedTable(_ rows: [[String]]) -> String {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = row.enumerated().map { column, cell in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return column < 2 || column == row.count - 1 ? cell + space : space + cell
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }.joined(separator: "\n")
}

// MARK: - Parts

/// The metadata value as JSON; values from other programs that are not JSON remain text.
private func metadataValue(_ text: String) -> JSONValue {
  do {
    return try JSONValue(parsing: text)
  } catch {
    return .string(text)
  }
}

private func form(of tensor: Tensor) -> String {
  "\(tensor.type.rawValue)[\(tensor.shape.map(String.init).joined(separator: ","))]"
}

private func provenanceObject(_ origin: Provenance) -> JSONValue {
  var members: [String: JSONValue] = [
    "run": .string(origin.run), "stage": .string(origin.stage), "version": .string(origin.version),
    "host": .string(origin.host),
  ]
  members["shard"] = origin.shard?.json
  return .object(members)
}
