// Digests computed with nettle, which uses the processor's SHA instructions: stages hash everything they read and
// write, so hashing must keep up with decompression.

import CNettle
import Failures

/// An incremental digest. nettle is loaded when the first bytes are added.
public final class MessageDigest {
  private let algorithm: HashAlgorithm
  private var context: OpaquePointer?

  /// A digest to which no bytes have been added yet.
  public init(_ algorithm: HashAlgorithm = .sha256) { self.algorithm = algorithm }

  deinit { if let context { digest_end(context) } }

  /// Adds `bytes`.
  /// - Throws: `Failure` (unavailable) if the machine has no nettle.
  public func update(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    digest_update(try started(), bytes.baseAddress, bytes.count)
  }

  /// Adds `bytes`.
  /// - Throws: as above.
  public func update(_ bytes: [UInt8]) throws(Failure) {
    let context = try started()
    bytes.withUnsafeBytes { digest_update(context, $0.baseAddress, $0.count) }
  }

  /// The digest of all bytes added; further bytes begin a new digest.
  /// - Throws: as `update`.
  public func finish() throws(Failure) -> [UInt8] {
    let context = try started()
    return [UInt8](unsafeUninitializedCapacity: MessageDigest.capacity) { buffer, count in
      count = buffer.baseAddress.map { digest_finish(context, $0) } ?? 0
    }
  }

  /// Room for the longest digest.
  private static let capacity = 32

  private func started() throws(Failure) -> OpaquePointer {
    if let context { return context }
    if let problem = digest_load() {
      throw Failure.library(
        "nettle", reason: String(cString: problem),
        remedy: "install it (make deps in the project's folder)")
    }
    guard let context = digest_begin(algorithm.identifier) else {
      throw Failure(.outOfMemory, "not enough memory to compute a hash")
    }
    self.context = context
    return context
  }
}

extension MessageDigest {
  /// The digest of `bytes`.
  /// - Throws: as `update`.
  public static func of(_ bytes: [UInt8], _ algorithm: HashAlgorithm = .sha256) throws(Failure) -> [UInt8] {
    let digest = MessageDigest(algorithm)
    try digest.update(bytes)
    return try digest.finish()
  }
}

/// `bytes` in hexadecimal, as `sha256sum` prints them.
public func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
