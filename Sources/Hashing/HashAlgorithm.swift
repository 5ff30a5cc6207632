// The hash functions that identify files and streams.

import CNettle

/// A hash function. MD5 and SHA-1 are for files without a better published checksum: they still detect accidental
/// damage.
public enum HashAlgorithm: String, Sendable {
  case sha256, sha1, md5

  /// The number of hexadecimal digits of a digest.
  public var digitCount: Int {
    switch self {
    case .sha256: 64
    case .sha1: 40
    case .md5: 32
    }
  }

  var identifier: digest_algorithm {
    switch self {
    case .sha256: digest_sha256
    case .sha1: digest_sha1
    case .md5: digest_md5
    }
  }
}
