// The objects of a JSON Lines file, one per line.

import ByteStreams
import Failures
import JSON

/// The objects of a JSON Lines file.
struct JSONObjects {
  private var source: any ByteSource
  private let name: String
  private var buffer: [UInt8] = []
  private var position = 0
  private var line = 0

  /// The maximum length of a line in bytes.
  private static let longestLine = 256 << 20

  init(_ source: any ByteSource, named name: String) {
    (self.source, self.name) = (source, name)
  }

  mutating func next() throws -> (line: Int, object: [String: JSONValue])? {
    while let bytes = try nextLine() {
      line += 1
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do {
        guard let object = try JSONValue(parsing: bytes).object else {
          throw Failure.data("this is not a JSON object")
        }
        return (line, object)
      } catch let failure as Failure {
        throw Failure.data("line \(line): \(failure.problem)", at: name, remedy: failure.remedy)
      }
    }
    return nil
  }

  private mutating func nextLine() throws -> [UInt8]? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { position = end + 1 }
        return Array(buffer[position..<end])
      }
      buffer.removeFirst(position)
      (position, searched) = (0, buffer.count)
      guard buffer.count <= JSONObjects.longestLine else {
        throw Failure.data("line \(line + 1) is longer than 256 MiB", at: name)
      }
      let more = try source.read(upTo: 1 << 18)
      guard !more.isEmpty else {
        defer { buffer = [] }
        return buffer.isEmpty ? nil : buffer
      }
      buffer += more
    }
  }
}
