// What a server asks of the site behind it.

import JSON

/// Answers requests.
public protocol RequestHandler: Sendable {
  /// How errors are told to clients.
  var errors: ErrorForm { get }
  /// Decides by its head whether a request is read to its end and answered.
  /// - Returns: the most bytes that its body may have.
  /// - Throws: `RefusedRequest` if it isn't, after which the connection is closed.
  func admit(_ request: Request) throws(RefusedRequest) -> Int
  /// The answer to a request that was admitted. For HEAD it is that to GET, whose body is not sent.
  func reply(to request: Request) async -> Reply
  /// Learns of every answer.
  func observe(_ answered: AnsweredRequest)
}

/// A request that has been answered.
public struct AnsweredRequest: Sendable {
  /// The path; nil if the request could not be read.
  public let path: String?
  /// The answer's status.
  public let status: Reply.Status
  /// The time from its first byte to the answer.
  public let time: Duration
}

/// The form of errors.
public enum ErrorForm: Sendable {
  /// A line of text, for people.
  case line
  /// A line with an object that has the member `error`.
  case json

  /// The answer to a refused request.
  public func reply(_ refused: RefusedRequest) -> Reply {
    switch self {
    case .line: return Reply(refused.status, refused.reason, refused.fields)
    case .json:
      let object = JSONValue.object(["error": .string(refused.reason)])
      return Reply(refused.status, type: "application/json", Array("\(object.text)\n".utf8), refused.fields)
    }
  }
}
