// The text files of the UCR archive (Dau et al. 2018): one sequence of one variable a line, its label first, separated by
// tabs, commas or blanks. Sequences that are shorter than others end with NaN, which is not part of them.

import ByteStreams
import Failures

/// Reads a file of the UCR archive line by line.
public struct UCRSequences: NumberSequenceSource {
  private static let separators = "\t, ".utf8
  private var lines: LineReader

  /// - Parameter name: the file's name, for messages.
  public init(_ source: any ByteSource, named name: String) { lines = LineReader(source, named: name) }

  /// The only column.
  public var columns: [String] { ["value"] }
  /// The format.
  public var form: SequenceForm { SequenceForm(.ucr, columns: columns) }

  /// The sequence in the next line; nil after the last.
  public mutating func next() throws -> NumberSequence? {
    while let line = try lines.nextFilled(separator: UInt8(ascii: ",")) {
      var rest = line
      if let label = Self.field(&rest) { return try sequence(label, rest) }
    }
    return nil
  }

  /// Removes the first field of a line; nil if there is none.
  private static func field(_ line: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    line = line.drop { separators.contains($0) }
    guard !line.isEmpty else { return nil }
    let field = line.prefix { !separators.contains($0) }
    line = line[field.endIndex...]
    return field
  }

  private func sequence(_ first: ArraySlice<UInt8>, _ others: ArraySlice<UInt8>) throws -> NumberSequence {
    guard let label = String(validating: first, as: UTF8.self) else {
      throw failure("the label is not UTF-8")
    }
    let format = NumberFormat()
    var (values, rest): ([Double], ArraySlice<UInt8>) = ([], others)
    while let field = Self.field(&rest) {
      switch format.value(field) {
      case .number(let value): values.append(value)
      case .missing: values.append(.nan)
      case nil:
        let shown = String(decoding: field.prefix(40), as: UTF8.self)
        throw failure("value \(values.count + 1) is \"\(shown)\", not a number")
      }
    }
    while values.last?.isNaN ?? false { values.removeLast() }
    guard !values.isEmpty else { throw failure("there are no values after the label") }
    return NumberSequence(
      name: nil, label: Self.plain(label), values: values, place: "line \(lines.number)")
  }

  /// A label that is a whole number without its fraction: older files write 1.0000000e+00.
  private static func plain(_ label: String) -> String {
    Double(label).flatMap { Int64(exactly: $0) }.map(String.init) ?? label
  }

  private func failure(_ problem: String) -> Failure {
    Failure.data(
      "line \(lines.number): \(problem)", at: lines.name,
      remedy: "lines of the UCR archive are a label, then numbers, separated by tabs")
  }
}
