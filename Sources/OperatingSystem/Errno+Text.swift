// The system's error descriptions, in the form used in messages.

import Glibc
import SystemPackage

extension Errno {
  /// The error of the C library call that has just failed.
  public static var last: Errno { Errno(rawValue: errno) }

  /// The system's description, beginning in lower case to follow a colon: `no such file or directory`.
  public var text: String { description.prefix(1).lowercased() + description.dropFirst() }

  /// Whether the disk is full or the user's quota exceeded.
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
