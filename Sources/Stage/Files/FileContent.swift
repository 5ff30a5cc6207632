// What a file holds under its compression. Its bytes tell, never its name alone; where the two disagree, that is said.

import Archives
import ByteStreams
import Failures
import TensorFile

/// The content of an input, decompressed unless it is a tensor stream.
struct FileContent {
  /// The bytes.
  private(set) var source: PeekedSource
  /// The compressions that were removed, the outermost first.
  private(set) var compressions: [Compression] = []
  /// How often a file may be compressed.
  private static let mostLayers = 4

  /// - Parameter name: the input's name in messages.
  /// - Throws: `Failure` (data) where its compressed data are damaged.
  init(_ file: any ByteSource, named name: String) throws {
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

  /// What to tell the user where the file's name promises another compression; nil where it doesn't.
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
