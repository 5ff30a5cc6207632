// Data as the registry knows it: by the hash of its content, and by the runs that it names as its origin. Neither the
// provenance of a stream nor the run's id in a picture is a part of the hash, so that the same data has the same hash
// whenever it is made.

import ByteStreams
import Hashing
import PictureOrigins
import Registry
import TensorFile

/// What is known of a file by reading it.
package struct DataIdentity: Sendable {
  /// The hash under which the file is recorded as an output.
  package let hash: String
  /// The stream's kind; `file` for any other content.
  package let kind: String
  /// Rows of a stream.
  package let rows: Int?
  /// The runs that the data names as its origin.
  package let origins: [Upstream]
  /// The hash of the bytes, under which a command has recorded what it read without regard to its content.
  private let hashOfBytes: String

  /// Reads the whole file, and verifies it if it is a stream.
  /// - Parameter path: nil or `-` for standard input.
  /// - Throws: `Failure` if it can't be read, is empty, or is a damaged stream.
  package init(reading path: String?) throws {
    let file = try InputFile(path, typed: true)
    var source = PeekedSource(file)
    if try isTensorStream(&source) {
      let documents = BackgroundDigest(usesThread: Processors.available > 1)
      let reader = try TensorReader(
        source, named: file.name, limits: .model, onDocument: { try documents.update($0) })
      while try reader.next() != nil {}
      hash = hexadecimal(try documents.finish())
      (kind, rows) = (reader.header.kind, reader.rowsRead)
      origins = reader.provenance.map { Upstream(run: $0.run, stage: $0.stage, host: $0.host) }
      while try !file.read(upTo: 1 << 20).isEmpty {}
      hashOfBytes = file.sha256 ?? ""
    } else {
      let picture = try StampedPicture(reading: &source)
      while try !source.read(upTo: 1 << 20).isEmpty {}
      (hashOfBytes, kind, rows) = (file.sha256 ?? "", "file", nil)
      hash = try picture.map { try hexadecimal(MessageDigest.of($0.picture)) } ?? hashOfBytes
      origins = picture.map { [Upstream(run: $0.run, stage: nil, host: nil)] } ?? []
    }
  }

  /// Whether a run has recorded this data under `hash`.
  package func matches(_ hash: String) -> Bool { hash == self.hash || hash == hashOfBytes }
}

extension StampedPicture {
  /// The most bytes of a picture that are looked at.
  private static let mostBytes = 64 << 20

  /// The picture that is the whole of a source; nil for any other content, and for a picture without a run's id.
  fileprivate init?(reading source: inout PeekedSource) throws {
    guard Self.looksLikePicture(try source.peek(8)) else { return nil }
    var bytes: [UInt8] = []
    while bytes.count < Self.mostBytes {
      let more = try source.read(upTo: 1 << 20)
      if more.isEmpty { break }
      bytes += more
    }
    guard let picture = StampedPicture(bytes) else { return nil }
    self = picture
  }
}
