// Pictures that runs wrote, as far as the files are still as they were then.

import Failures
import Glibc
import Hashing
import OperatingSystem
import PictureOrigins
import SystemPackage

/// The content of a picture that a run wrote.
public struct RecordedPicture: Sendable {
  /// The kinds of pictures that browsers show.
  public enum Kind: String, Sendable {
    case png, svg

    /// The media type.
    public var type: String { self == .png ? "image/png" : "image/svg+xml" }
  }

  /// Why a picture can't be shown.
  public enum Problem: String, Error {
    /// The file can't be read.
    case gone
    /// Its content is not what the run wrote.
    case changed
    /// It is larger than allowed.
    case large
    /// It is no picture.
    case foreign
  }

  /// The kind, by the content.
  public let kind: Kind
  /// The file's bytes.
  public let bytes: [UInt8]

  /// Whether an output of this kind could be a picture.
  public static func isPossible(_ kind: String?) -> Bool { kind.flatMap(Kind.init(rawValue:)) != nil }

  /// Reads a file.
  /// - Parameters:
  ///   - hash: the SHA-256 of what the run wrote.
  ///   - limit: the most bytes that are read.
  public init(path: String, hash: String, limit: Int) throws(Problem) {
    bytes = try Self.read(path, limit)
    // The run's id that a picture may have in its metadata is no part of the hash.
    let drawn = StampedPicture(bytes)?.picture ?? bytes
    guard let digest = try? MessageDigest.of(drawn), hexadecimal(digest) == hash.lowercased() else {
      throw .changed
    }
    guard let kind = Self.kind(bytes) else { throw .foreign }
    self.kind = kind
  }

  /// The bytes of a regular file. A pipe or a device under the path is not waited for.
  private static func read(_ path: String, _ limit: Int) throws(Problem) -> [UInt8] {
    guard let file = try? FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec]) else {
      throw .gone
    }
    defer { try? file.close() }
    guard let status = try? file.stat(), status.type == .regular else { throw .gone }
    guard status.size <= Int64(limit) else { throw .large }
    var bytes = [UInt8](repeating: 0, count: Int(status.size) + 1)
    var count = 0
    while count < bytes.count {
      guard
        let read = try? bytes.withUnsafeMutableBytes({
          try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
        })
      else { throw .gone }
      if read == 0 { break }
      count += read
    }
    return Array(bytes.prefix(count))
  }

  private static func kind(_ bytes: [UInt8]) -> Kind? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    let start = String(decoding: bytes.prefix(2048), as: UTF8.self)
    return start.contains("<svg") ? .svg : nil
  }
}
