// The `.ts` files of the UEA archive, sktime and aeon: lines that begin with @ describe the data; after @data, each line
// is a sequence: its dimensions separated by colons, the values of one by commas, its class last.
//
//     @problemName BasicMotions
//     @univariate false
//     @dimensions 6
//     @classLabel true Standing Running
//     @data
//     0.07,0.12:0.39,0.38:...:Standing

import ByteStreams
import Failures

/// Reads a `.ts` file line by line.
public struct TSSequences: NumberSequenceSource {
  private var lines: LineReader
  private let hasLabels: Bool
  private let classes: Set<String>
  /// The maximum length of a line before `@data`, and the maximum number of dimensions.
  fileprivate static let longestDescription = 1 << 20
  private static let mostDimensions = 1 << 16
  private var waiting: NumberSequence?
  /// The dimensions, as `dim_0`, `dim_1`, ... in sktime.
  public let columns: [String]

  /// Reads the description and the first sequence.
  /// - Parameter name: the file's name, for messages.
  /// - Throws: `Failure` (data) if the file is described as one that can't be read.
  public init(_ source: any ByteSource, named name: String) throws {
    var lines = LineReader(source, named: name)
    let longest = lines.longestLine
    lines.longestLine = Self.longestDescription
    let header = try TSHeader(&lines)
    lines.longestLine = longest
    (hasLabels, classes) = (header.hasLabels, Set(header.classes))
    guard let first = try Self.line(&lines) else {
      throw Failure.data("there are no sequences after @data", at: name)
    }
    let dimensions = first.count { $0 == UInt8(ascii: ":") } + 1
    let count = dimensions - (header.hasLabels ? 1 : 0)
    guard count <= Self.mostDimensions else {
      throw Failure.data("line \(lines.number) has more than \(Self.mostDimensions) dimensions", at: name)
    }
    guard count > 0, header.dimensions.map({ $0 == count }) ?? true else {
      throw Failure.data(
        "line \(lines.number) has \(counted(count, "dimension")), but the file declares \(header.dimensions ?? 1)",
        at: name)
    }
    columns = count == 1 ? ["value"] : (0..<count).map { "dim_\($0)" }
    self.lines = lines
    waiting = try sequence(first)
  }

  /// The format.
  public var form: SequenceForm { SequenceForm(.ts, columns: columns) }

  /// The sequence in the next line; nil after the last.
  public mutating func next() throws -> NumberSequence? {
    if let waiting {
      self.waiting = nil
      return waiting
    }
    return try Self.line(&lines).map { try sequence($0) }
  }

  /// The next line that is not empty and no comment.
  private static func line(_ lines: inout LineReader) throws -> ArraySlice<UInt8>? {
    try lines.nextFilled(comment: UInt8(ascii: "#")).map(trimmingBlanks)
  }

  private func sequence(_ line: ArraySlice<UInt8>) throws -> NumberSequence {
    let found = line.count { $0 == UInt8(ascii: ":") } + (hasLabels ? 0 : 1)
    guard found == columns.count else {
      throw failure("has \(counted(found, "dimension")); the sequences before have \(columns.count)")
    }
    var parts = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let label = hasLabels ? try label(trimmingBlanks(parts.removeLast())) : nil
    let dimensions = try parts.map { try numbers($0) }
    let steps = dimensions[0].count
    if let odd = dimensions.firstIndex(where: { $0.count != steps }) {
      throw failure(
        "dimension \(odd + 1) has \(counted(dimensions[odd].count, "value")), the first has \(steps)")
    }
    guard steps > 0 else { throw failure("the sequence is empty") }
    let values = (0..<steps).flatMap { step in dimensions.map { $0[step] } }
    return NumberSequence(name: nil, label: label, values: values, place: "line \(lines.number)")
  }

  private func label(_ bytes: ArraySlice<UInt8>) throws -> String {
    guard let label = String(validating: bytes, as: UTF8.self) else {
      throw failure("the class is not UTF-8")
    }
    guard classes.isEmpty || classes.contains(label) else {
      throw failure("the class \(label) is not one that @classLabel lists")
    }
    return label
  }

  private func numbers(_ part: ArraySlice<UInt8>) throws -> [Double] {
    let format = NumberFormat()
    var (numbers, rest): ([Double], ArraySlice<UInt8>?) = ([], part)
    // One value at a time, since a list of all would take many times the line's size.
    while let text = rest {
      let end = text.firstIndex(of: UInt8(ascii: ","))
      let field = text[..<(end ?? text.endIndex)]
      rest = end.map { text[($0 + 1)...] }
      switch format.value(field) {
      case .number(let value): numbers.append(value)
      case .missing: numbers.append(.nan)
      case nil:
        let shown = String(decoding: field.prefix(40), as: UTF8.self)
        throw failure("value \(numbers.count + 1) is \"\(shown)\", not a number")
      }
    }
    return numbers
  }

  private func failure(_ problem: String) -> Failure {
    Failure.data("line \(lines.number): \(problem)", at: lines.name)
  }
}

/// The lines before the data of a `.ts` file.
private struct TSHeader {
  var hasLabels = false
  var classes: [String] = []
  var dimensions: Int?
  /// The maximum number of lines, without empty ones and comments.
  private static let mostLines = 1 << 16

  /// Reads up to `@data`.
  init(_ lines: inout LineReader) throws {
    var count = 0
    while let line = try lines.nextFilled(comment: UInt8(ascii: "#")) {
      let words = String(decoding: trimmingBlanks(line), as: UTF8.self).split(separator: " ").map(String.init)
      guard let word = words.first else { continue }
      count += 1
      guard count <= Self.mostLines else {
        throw Failure.data(
          "more than \(Self.mostLines) lines come before @data", at: lines.name, remedy: "give a .ts file")
      }
      guard word.hasPrefix("@") else {
        throw Failure.data(
          "line \(lines.number) comes before @data", at: lines.name, remedy: "give a .ts file")
      }
      if word.lowercased() == "@data" { return }
      try take(word.lowercased(), Array(words.dropFirst()), lines)
    }
    throw Failure.data("there is no line @data", at: lines.name, remedy: "give a .ts file")
  }

  private mutating func take(_ key: String, _ values: [String], _ lines: LineReader) throws {
    let isTrue = values.first?.lowercased() == "true"
    switch key {
    case "@timestamps" where isTrue:
      throw Failure.data(
        "the values have time stamps, which are not read", at: lines.name,
        remedy: "write values only, or a CSV file with --sequence and --time")
    case "@targetlabel" where isTrue:
      throw Failure.data(
        "the targets are numbers, not classes", at: lines.name,
        remedy: "write a CSV file with --sequence and --label")
    case "@classlabel": (hasLabels, classes) = (isTrue, isTrue ? Array(values.dropFirst()) : [])
    case "@dimensions", "@dimension": dimensions = values.first.flatMap { Int($0) }
    case "@univariate" where isTrue: dimensions = 1
    default: break
    }
  }
}
