// Answers in JSON, and errors as such.

import Failures
import JSON
import WebServer

extension Reply {
  /// A line with an object.
  static func json(_ value: JSONValue) -> Reply {
    Reply(.ok, type: "application/json", Array("\(value.text)\n".utf8))
  }

  /// An error with this status.
  static func error(_ status: Reply.Status, _ problem: String, _ fields: [(String, String)] = []) -> Reply {
    ErrorForm.json.reply(RefusedRequest(status, problem, fields))
  }

  /// An error that occurred: 400 if the client can do something about it, 503 if it may try again.
  static func error(_ error: any Error) -> Reply {
    switch error {
    case let failure as Failure where failure.isAboutData: .error(.badRequest, failure.forClients)
    case let failure as Failure where failure.kind == .outOfMemory:
      .error(.unavailable, failure.description, [("Retry-After", "1")])
    case let failure as Failure: .error(.failed, failure.description)
    case let error as ServiceUnavailable: .error(.unavailable, error.reason, [("Retry-After", "1")])
    default: .error(.failed, "internal error: \(error)")
    }
  }
}

extension Failure {
  /// Whether the client can do something about it.
  var isAboutData: Bool { kind == .data || kind == .usage }

  /// The text without advice for people at a shell.
  var forClients: String {
    guard let remedy, remedy.contains("--") || remedy.contains("rnn-") else { return description }
    return Failure(kind, problem, at: place).description
  }
}
