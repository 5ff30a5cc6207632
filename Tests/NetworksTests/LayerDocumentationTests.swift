// The table of layers in docs/model.md has a row for each kind of layer, with the kind's descriptions.

import Foundation
import Networks
import Testing

@Suite struct LayerDocumentationTests {
  private static let header = "| layer | output of one row | by position | by name |"

  /// The rows of the table in docs/model.md.
  private static func documentedRows() throws -> [String] {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: repository.appendingPathComponent("docs/model.md"), encoding: .utf8)
    let table = page.components(separatedBy: "\n").drop { $0 != header }.prefix { $0.hasPrefix("|") }
    return Array(table.dropFirst(2))
  }

  @Test func tableHasARowForEachKindInOrder() throws {
    let rows = try Self.documentedRows()
    for (row, layer) in zip(rows, LayerCatalog.help) { #expect(row == layer.markdownRow) }
    #expect(rows.count == LayerCatalog.help.count)
  }
}

extension LayerHelp {
  /// The layer's row: name, output, and options, first those that can be given by position.
  fileprivate var markdownRow: String {
    let byPosition = options.filter(\.isPositional).map(\.markdown)
    let byName = options.filter { !$0.isPositional }.map(\.markdown)
    let cells = [
      "`\(name)`", output, byPosition.joined(separator: "; "), byName.joined(separator: "; "),
    ]
    return "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
  }
}

extension OptionHelp {
  /// The option with its default, unless it must be given or is a flag that is off, and what it sets.
  fileprivate var markdown: String {
    let isOff = isFlag && defaultValue == "false"
    let setting = isOff ? key : key + (defaultValue.map { "=\($0)" } ?? "")
    return "`\(setting)` \(text)"
  }
}
