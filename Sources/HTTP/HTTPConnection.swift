// A transfer handle of libcurl, which keeps connections open between requests.

import CCurl
import Failures

/// Connections that requests one after another share. Used by one thread at a time.
public final class HTTPConnection {
  private let handle: UnsafeMutableRawPointer

  /// - Throws: `Failure` (unavailable) if the machine has no libcurl.
  public init(_ remedies: HTTPRemedies) throws(Failure) {
    try HTTPConnection.loadLibrary(remedies)
    guard let handle = http_begin() else { throw Failure(.software, "libcurl can't be initialized") }
    self.handle = handle
  }

  deinit { http_end(handle) }

  /// The handle without the options of an earlier request.
  func reset() -> UnsafeMutableRawPointer {
    http_reset(handle)
    return handle
  }

  /// Loads libcurl, which only requests need.
  /// - Throws: `Failure` (unavailable) if the machine has none.
  public static func loadLibrary(_ remedies: HTTPRemedies) throws(Failure) {
    guard let problem = http_load() else { return }
    throw Failure.library(
      "libcurl", reason: String(cString: problem),
      remedy: "install it (make deps in the project's folder), or \(remedies.withoutLibrary)")
  }
}
