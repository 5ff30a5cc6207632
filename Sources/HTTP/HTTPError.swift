// Why a request failed, and what messages advise.

import Failures

/// Why a request failed, and whether a retry can help.
public struct HTTPError: Error {
  /// The failure for the user.
  public let failure: Failure
  /// Whether the same request may succeed later.
  public let isTransient: Bool
  /// Whether there was no connection at all, since the server is down or its name is wrong.
  public let isUnconnected: Bool

  /// See the properties.
  public init(_ failure: Failure, isTransient: Bool, isUnconnected: Bool = false) {
    (self.failure, self.isTransient, self.isUnconnected) = (failure, isTransient, isUnconnected)
  }

  /// Whether a response with this status may be another one later.
  public static func isTransient(status: Int) -> Bool { status >= 500 || [408, 425, 429].contains(status) }
}

/// What a user can do about a failed request, in words that fit the command.
public struct HTTPRemedies: Sendable {
  /// What to use instead of the server, such as `use another URL`.
  public let elsewhere: String
  /// What to do after a connection that closed too early.
  public let resume: String
  /// What can be done without libcurl, such as `use local files`.
  public let withoutLibrary: String

  /// See the properties.
  public init(elsewhere: String, resume: String, withoutLibrary: String) {
    (self.elsewhere, self.resume, self.withoutLibrary) = (elsewhere, resume, withoutLibrary)
  }
}
