// Properties of runs as text for tables.

import Registry

package enum Words {
  /// A time span: `0.125 s`, `12.3 s`, `12:30`; empty if unknown.
  package static func seconds(_ seconds: Double?) -> String {
    guard let seconds else { return "" }
    return seconds < 60
      ? NumberText.fixed(seconds, seconds < 1 ? 3 : 1) + " s" : NumberText.duration(seconds: seconds)
  }

  /// A number of bytes; empty if unknown.
  package static func bytes(_ count: Int?) -> String { count.map { NumberText.bytes(Double($0)) } ?? "" }

  /// A metric's value.
  package static func number(_ value: Double) -> String { NumberText.significant(value) }

  /// A command line, quoted for a shell.
  package static func command(_ words: ArraySlice<String>) -> String { shellLine(words) }

  /// A word, quoted for a shell if it needs that.
  package static func quoted(_ word: String) -> String { shellWord(word) }

  /// Data in one line: kind, rows, size, the beginning of the hash, file.
  package static func artifact(_ artifact: Artifact, path: String?) -> String {
    let parts = [
      artifact.kind, artifact.rows.map { "\(NumberText.grouped($0)) \($0 == 1 ? "row" : "rows")" },
      artifact.bytes.map { NumberText.bytes(Double($0)) },
      artifact.hash.map { "sha256 \($0.prefix(12))" } ?? "not read to its end", path ?? nil,
    ]
    return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
