// The frames of a stream in a file, read one at a time by their offsets.

import ByteStreams
import Failures
import OperatingSystem
import Tensor

/// A data frame and the rows in it.
struct ArchiveFrame {
  let record: FrameRecord
  let offset: Int
  let rows: Range<Int>
}

/// An open file whose parts are read by their offsets.
final class ArchiveFile {
  private let file: OpenFile
  let size: Int

  /// - Throws: `Failure` of kind `noInput` if it is not a regular file or can't be opened.
  init(path: String) throws {
    file = try OpenFile(reading: path)
    let status = try file.status()
    size = Int(status.size)
    guard status.type == .regular else {
      throw Failure(.noInput, "is not a regular file", at: path, remedy: "write the stream to a file first")
    }
  }

  func source(_ range: Range<Int>) -> PositionedSource {
    PositionedSource(FilePosition(file.descriptor, offset: range.lowerBound), end: range.upperBound)
  }

  /// The bytes in `range`.
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    let bytes = try BufferedSource(source(range)).take(range.count)
    guard bytes.count == range.count else { throw StreamFault.truncated("before its end mark") }
    return bytes
  }

  /// The document in a frame, which must match `record`.
  func document(_ record: FrameRecord, at offset: Int) throws -> EncodedDocument {
    var assembly = DocumentAssembly(limits: .stream)
    let input = BufferedSource(source(offset..<offset + record.compressed))
    let found = try Decompressor().decompress(input) { try assembly.append($0) }
    guard found == record else { throw StreamFault.damaged("a frame does not match its end mark") }
    return try assembly.finish()
  }

  func chunk(_ frame: ArchiveFrame) throws -> Chunk {
    let document = try document(frame.record, at: frame.offset)
    return document.hasNoRows(false) ? Chunk([:], rows: 0) : try document.chunk()
  }
}
