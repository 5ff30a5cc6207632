// What rnn-tokenize reports: the number of rows, of tokens and of unknown tokens.

import Failures
import JSON
import Sequences
import Stage
import TensorFile

/// Counts of the rows and tokens that were written.
struct TokenSummary {
  private let size: Int
  private let unknownID: Int32?
  private let starts: Bool
  private(set) var rows = 0
  private var ids = 0
  private var unknown = 0

  init(_ vocabulary: Vocabulary) {
    size = vocabulary.size
    unknownID = vocabulary.rules.unknownID
    starts = vocabulary.rules.start
  }

  mutating func add(_ chunk: Chunk) {
    guard let x = chunk.columns["x"]?.ragged, let values = x.values.values(as: Int32.self) else { return }
    rows += chunk.rows
    ids += values.count
    if let unknownID { unknown += values.count { $0 == unknownID } }
  }

  /// The tokens of the text, without start ids.
  private var tokens: Int { starts ? ids - rows : ids }

  func json(_ classes: ClassNames?) -> JSONValue {
    var members: [String: JSONValue] = [
      "rows": .integer(Int64(rows)), "tokens": .integer(Int64(tokens)), "vocab_size": .integer(Int64(size)),
    ]
    if unknownID != nil { members["unknown"] = .integer(Int64(unknown)) }
    if let classes { members["classes"] = .array(classes.names.map { .string($0) }) }
    return .object(members)
  }

  func text(_ classes: ClassNames?) -> String {
    var items = [counted(rows, "row"), counted(tokens, "token") + unknownPercentage, "ids below \(size)"]
    if let classes, classes.count > 0 {
      let names = classes.names.prefix(8).enumerated().map {
        "\($0.offset) \(printable(ColumnList.quoted($0.element)))"
      }
      items.append("classes " + names.joined(separator: ", ") + (classes.count > 8 ? ", ..." : ""))
    }
    return items.joined(separator: "; ")
  }

  private var unknownPercentage: String {
    guard unknownID != nil, tokens > 0 else { return "" }
    let permille = (unknown * 1000 + tokens / 2) / tokens
    return " (\(permille / 10).\(permille % 10)% unknown)"
  }
}
