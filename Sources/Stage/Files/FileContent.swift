// The decompressed content of a file. The compression is determined by its bytes, not by its name; if the two
// disagree, the user is told.

import Archives
import ByteStreams
import Failures
import TensorFile

/// The content of an input, decompressed unless it is a tensor stream.
package struct FileContent {
  /// The bytes.
  package private(set) var source: PeekedSource
  /// The compressions that were removed, the outermost first.
  private(set) var compressions: [Compression] = []
  /// The maximum number of times that a file may be compressed.
  private static let mostLayers = 4

  /// - Parameter name: the input's name in messages.
  /// - Throws: `Failure` (data) if its compressed data is damaged.
  package init(_ file: any ByteSource, named name: String) throws {
    source = PeekedSource(file)
    while let compression = try Compression(of: &source) {
      if compression == .zstd, try holdsTensors(&source) { return }
      guard compressions.count < Self.mostLayers else {
        throw Failure.data("is compressed more than \(Self.mostLayers) times", at: name)
      }
      compressions.append(compression)
      source = PeekedSource(try DecompressedSource(source, compression, named: name))
    }
  }

  /// A note for the user if the file's name indicates a different compression; nil otherwise.
  func mismatch(with path: String) -> String? {
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last
    let named = Compression.allCases.first { $0.ending == ending.map(String.init) }
    if let first = compressions.first {
      return first == named
        ? nil : "\(path) is compressed with \(first.rawValue), although its name doesn't say so"
    }
    guard let named, named != .zstd else { return nil }
    return "\(path) is not compressed with \(named.rawValue), although its name says so"
  }
}
