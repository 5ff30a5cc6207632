// Time steps that arrive one per line, for prediction from endless input (`tail -f`).

import ByteStreams
import Failures
import TensorFile

/// Lines of text, each returned as soon as it has arrived.
public struct StepLines {
  private var lines: LineReader

  /// - Parameter name: the name of the source in messages.
  public init(_ source: any ByteSource, named name: String) { lines = LineReader(source, named: name) }

  /// The number of the last line that was read, from 1.
  public var number: Int { lines.number }

  /// The next line without its terminator; nil after the last.
  /// - Throws: `Failure(.data)` if a line is too long.
  public mutating func next() throws -> [UInt8]? { try lines.next().map(Array.init) }

  /// The fields of a line, separated by commas, semicolons or tabs, or else by spaces.
  public static func fields(_ line: [UInt8]) -> [String] {
    let text = String(decoding: line, as: UTF8.self)
    for separator: Character in [",", ";", "\t"] where text.contains(separator) {
      return text.split(separator: separator, omittingEmptySubsequences: false).map { trimmed($0) }
    }
    return text.split(separator: " ").map(String.init)
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
