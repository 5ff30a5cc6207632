// The system's words for what failed, in the form that messages use.

import Glibc
import SystemPackage

extension Errno {
  /// The error of the C library's call that has just failed.
  public static var last: Errno { Errno(rawValue: errno) }

  /// The system's words, beginning in lower case to follow a colon: `no such file or directory`.
  public var text: String { description.prefix(1).lowercased() + description.dropFirst() }

  /// Whether the disk, or the user's share of it, is full.
  public var isFullDisk: Bool { self == .noSpace || self == .diskQuotaExceeded }
}

/// Runs calls of swift-system, all of whose errors are `Errno`.
public func withErrno<Result>(_ body: () throws -> Result) throws(Errno) -> Result {
  do {
    return try body()
  } catch {
    throw error as? Errno ?? .ioError
  }
}
