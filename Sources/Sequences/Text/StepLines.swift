// Time steps that arrive one per line, for prediction from endless input (`tail -f`).

import ByteStreams
import Failures
import TensorFile

/// Lines of text, each returned as soon as it has arrived.
public struct StepLines {
  private var lines: LineReader

  /// - Parameter name: the name of the source in messages.
  public init(_ source: any ByteSource, named name: String) {
    lines = LineReader(source, named: name)
    lines.longestLine = 1 << 22
  }

  /// The number of the last line that was read, from 1.
  public var number: Int { lines.number }

  /// The next line without its terminator; nil after the last.
  /// - Throws: `Failure(.data)` if a line is too long.
  public mutating func next() throws -> [UInt8]? { try lines.next().map(Array.init) }

  /// The fields of a line, separated as `form` says, or else by the first of comma (unless it is the decimal mark),
  /// semicolon, tab and bar that the line has, or else by spaces. Quotes around a field are removed.
  public static func fields(_ line: [UInt8], _ form: CSVForm = CSVForm()) -> [String] {
    let candidates = [
      form.numbers.decimalComma ? nil : UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|"),
    ]
    let separator = form.separator ?? candidates.compactMap(\.self).first(where: line.contains)
    guard let separator else {
      return line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    }
    return split(line, at: separator).map { field in
      var field = trimmingBlanks(field)
      if field.count > 1, field.first == CSVInput.quote, field.last == CSVInput.quote {
        field = field.dropFirst().dropLast()
      }
      return String(decoding: field, as: UTF8.self)
    }
  }

  /// Whether fields are names: none of them can be a number or a time, in whatever form.
  public static func areNames(_ fields: [String]) -> Bool {
    let shapes = fields.map { CellShape(ArraySlice($0.utf8)) }
    return !shapes.contains(where: \.isValue) && shapes.contains { $0 != .missing }
  }

  /// The parts of a line between the separators that are not within quotes.
  private static func split(_ line: [UInt8], at separator: UInt8) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    var (start, isQuoted) = (0, false)
    for (position, byte) in line.enumerated() {
      if byte == CSVInput.quote { isQuoted.toggle() }
      guard byte == separator, !isQuoted else { continue }
      fields.append(line[start..<position])
      start = position + 1
    }
    return fields + [line[start...]]
  }
}
