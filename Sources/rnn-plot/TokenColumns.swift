// Rows of token ids in a stream, and one row as a list of ids and words.

import Charts
import Sequences
import Tensor
import TensorFile

/// A stream whose `x` holds token ids: ragged or `[rows, steps]`, of integers.
struct TokenColumns {
  /// More entries would not be read.
  private static let maxEntries = 2000

  private let vocabulary: Vocabulary?
  private let classes: ClassNames?
  private let padding: Int

  /// Nil if `x` is missing or holds other things than token ids.
  init?(_ reader: TensorReader) throws {
    guard let x = reader.schema["x"], x.type.isInteger, x.rowShape.count == (x.isRagged ? 0 : 1) else {
      return nil
    }
    vocabulary = try Vocabulary(header: reader.header)
    classes = try ClassNames(header: reader.header)
    padding =
      try Padding(header: reader.header).flatMap { Int(exactly: $0.value) } ?? Int(TokenRules.paddingID)
  }

  /// The class of a row, if it has one.
  func label(_ row: Chunk) -> String? {
    guard let y = row.columns["y"]?.tensor, y.rowWidth == 1, let label = y.integers?.first else { return nil }
    return classes?.name(label) ?? "\(label)"
  }

  /// The tokens of a row, with repeated padding in one entry.
  func list(_ row: Chunk, _ language: ChartLanguage) -> TokenList {
    let ids = integers(row.columns["x"])
    let targets = integers(row.columns["y"])
    var entries: [TokenList.Entry] = []
    var start = 0
    while start < ids.count, entries.count < Self.maxEntries {
      let end = ids[start] == padding ? ids[start...].firstIndex { $0 != padding } ?? ids.count : start + 1
      let position = end - start == 1 ? "\(end)" : "\(start + 1)-\(end)"
      entries.append(
        TokenList.Entry(
          position: position, id: "\(ids[start])", word: word(ids[start], language),
          target: targets.count == ids.count ? target(targets[start], language) : ""))
      start = end
    }
    return TokenList(header: header(language), entries: entries)
  }

  private func header(_ language: ChartLanguage) -> TokenList.Entry {
    TokenList.Entry(
      position: language.pick("position", "位置"), id: language.pick("id", "编号"),
      word: language.pick("token", "词元"), target: language.pick("target", "目标"))
  }

  private func integers(_ column: Column?) -> [Int] {
    column?.tensor?.integers ?? column?.ragged?.values.integers ?? []
  }

  /// A token as text: what can't be seen is written with an escape.
  private func word(_ id: Int, _ language: ChartLanguage) -> String {
    if id == padding { return language.pick("(padding)", "（填充）") }
    guard let vocabulary, let id = Int32(exactly: id) else { return "" }
    if id == vocabulary.rules.startID { return language.pick("(start)", "（起始）") }
    if id == vocabulary.rules.unknownID { return language.pick("(unknown)", "（未知）") }
    let token = vocabulary.token(id) ?? ""
    switch token {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case " ": return "␠"
    default: return token
    }
  }

  private func target(_ id: Int, _ language: ChartLanguage) -> String {
    if let classes { return classes.name(id) ?? "\(id)" }
    return vocabulary == nil ? "\(id)" : word(id, language)
  }
}
