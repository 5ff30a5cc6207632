// The hash functions that files and streams are known by.

import CNettle

/// A hash function. MD5 and SHA-1 are for files of which nobody published a better checksum: they still detect all
/// accidental damage.
public enum HashAlgorithm: String, Sendable {
  case sha256, sha1, md5

  /// How many hexadecimal digits a digest has.
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
