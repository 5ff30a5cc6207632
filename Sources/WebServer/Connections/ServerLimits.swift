// How much of the server a client may use. Within these limits nobody can fill its memory or occupy it for long.

/// The limits of a server.
public struct ServerLimits: Sendable {
  /// Connections that are open at once; further ones are answered with 503 and closed.
  public var connections = 64
  /// Bytes of a request's head.
  public var headBytes = 16_384
  /// The time in which a request must be complete, with its body, from its first byte.
  public var requestTime = Duration.seconds(10)
  /// The time that a connection may wait for a request.
  public var idleTime = Duration.seconds(10)
  /// Requests on one connection, which is then closed.
  public var requests = 200
  /// The time in which an answer must be taken, besides a second for each 64 kB of it.
  public var replyTime = Duration.seconds(20)
  /// The time in which the rest of a refused request is read, so that the client sees the answer.
  public var lingerTime = Duration.seconds(1)
  /// The most bytes of this rest.
  public var lingerBytes = 262_144
  /// The time that requests have to end when the server ends.
  public var graceTime = Duration.seconds(2)

  /// The usual limits.
  public init() {}

  func replyTime(bytes: Int) -> Duration { replyTime + .seconds(bytes / 65_536) }
}
