// The objects of a JSON Lines file, one per line.

import ByteStreams
import Failures
import JSON
import Sequences

/// The objects of a JSON Lines file.
struct JSONObjects {
  private var lines: LineReader

  init(_ source: any ByteSource, named name: String) { lines = LineReader(source, named: name) }

  mutating func next() throws -> (line: Int, object: [String: JSONValue])? {
    guard let bytes = try lines.nextFilled() else { return nil }
    do {
      guard let object = try JSONValue(parsing: bytes).object else {
        throw Failure.data("this is not a JSON object")
      }
      return (lines.number, object)
    } catch let failure as Failure {
      throw Failure.data("line \(lines.number): \(failure.problem)", at: lines.name, remedy: failure.remedy)
    }
  }
}
