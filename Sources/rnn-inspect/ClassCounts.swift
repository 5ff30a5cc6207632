// The number of rows, or of steps, of each class.

import JSON
import Sequences
import Tensor
import TensorFile

/// The counts of the classes in the column `y`, by name.
struct ClassCounts {
  private let names: [String]
  /// Whether `y` has a one or a zero for each class.
  private let allowsSeveral: Bool
  private var counts: [Int]

  /// Nil if `y` holds no classes or the stream has no class names.
  init?(_ reader: TensorReader) throws {
    guard let schema = reader.schema["y"], let classes = try ClassNames(header: reader.header),
      classes.count > 0,
      classes.allowsSeveral ? schema.rowShape == [classes.count] : schema.type.isInteger
    else { return nil }
    allowsSeveral = classes.allowsSeveral
    names = classes.names
    counts = Array(repeating: 0, count: names.count)
  }

  mutating func add(_ chunk: Chunk) {
    guard let y = chunk.columns["y"] else { return }
    let values =
      switch y {
      case .dense(let tensor): tensor
      case .ragged(let ragged): ragged.values
      }
    if allowsSeveral {
      for (index, value) in values.doubles.enumerated() where value > 0.5 {
        counts[index % counts.count] += 1
      }
      return
    }
    for label in values.integers ?? [] where counts.indices.contains(label) { counts[label] += 1 }
  }

  /// The maximum number of lines of text.
  private static let shown = 20

  /// `neg  300`, one line per class; if there are too many, only the first ones.
  var lines: [String] {
    let width = names.prefix(Self.shown).map(\.count).max() ?? 0
    let lines = zip(names, counts).prefix(Self.shown).map { name, count in
      name + String(repeating: " ", count: width - name.count) + "  \(count)"
    }
    return names.count > Self.shown ? lines + ["... (\(names.count) classes)"] : lines
  }

  /// An object with the count of each class.
  var json: JSONValue { .object(Dictionary(zip(names, counts.map { .integer(Int64($0)) })) { $1 }) }
}
