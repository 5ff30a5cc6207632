// Reading an exact number of bytes, allocating memory for received data rather than for declared sizes.

import ByteStreams
import Failures
import TensorFile

/// A source read in exact amounts.
struct ExactReader {
  private var source: any ByteSource
  private let name: String

  init(_ source: any ByteSource, named name: String) {
    self.source = source
    self.name = name
  }

  /// The next `count` bytes.
  /// - Throws: a failure if the source ends early.
  mutating func bytes(_ count: Int) throws -> [UInt8] {
    var all: [UInt8] = []
    while all.count < count {
      let more = try source.read(upTo: min(count - all.count, 1 << 20))
      guard !more.isEmpty else {
        throw Failure.data("the input is truncated", at: name, remedy: "make or fetch the file again")
      }
      all += more
    }
    return all
  }

  /// Throws unless this is the end.
  mutating func expectEnd() throws {
    guard try source.read(upTo: 1).isEmpty else {
      throw Failure.data("there are bytes after the end of the array", at: name)
    }
  }
}
