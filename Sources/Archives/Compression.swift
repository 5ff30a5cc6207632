// How files are compressed.

import Failures
import OperatingSystem

/// How a file is compressed, by its first bytes.
enum Compression {
  case none, gzip, other

  init(of path: String) throws(Failure) {
    let start = try firstBytes(of: path, 6)
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else {
      let marks: [[UInt8]] = [
        Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x1F, 0x9D],
      ]
      self = marks.contains { start.starts(with: $0) } ? .other : .none
    }
  }
}

/// Up to `count` bytes from the start of a file.
func firstBytes(of path: String, _ count: Int) throws(Failure) -> [UInt8] {
  var buffer = [UInt8](repeating: 0, count: count)
  let got = try OpenFile(reading: path).read(into: &buffer)
  return Array(buffer.prefix(got))
}
