// Steps of sequences as they come, a line each, for prediction that goes on as long as lines do (`tail -f`).

import ByteStreams
import Failures
import TensorFile

/// Lines of text, each handed on as soon as it is there.
public struct StepLines {
  private var lines: LineReader

  /// - Parameter name: what messages call the source.
  public init(_ source: any ByteSource, named name: String) { lines = LineReader(source, named: name) }

  /// The number of the line read last, from 1.
  public var number: Int { lines.number }

  /// The next line without its end; nil after the last.
  /// - Throws: `Failure` (data) where a line is too long.
  public mutating func next() throws -> [UInt8]? { try lines.next().map(Array.init) }

  /// The fields of a line: between commas, semicolons or tabs where it has some, else between spaces.
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
