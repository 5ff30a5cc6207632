// What the server answers: a status, fields and a body, with the fields that every answer has.

/// An answer to a request.
public struct Reply: Sendable, Equatable {
  /// The statuses that are used.
  public enum Status: Int, Sendable {
    case ok = 200
    case seeOther = 303
    case notModified = 304
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case timeout = 408
    case gone = 410
    case headTooLarge = 431
    case failed = 500
    case unavailable = 503
    case versionNotSupported = 505

    var phrase: String {
      switch self {
      case .ok: "OK"
      case .seeOther: "See Other"
      case .notModified: "Not Modified"
      case .badRequest: "Bad Request"
      case .unauthorized: "Unauthorized"
      case .forbidden: "Forbidden"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .timeout: "Request Timeout"
      case .gone: "Gone"
      case .headTooLarge: "Request Header Fields Too Large"
      case .failed: "Internal Server Error"
      case .unavailable: "Service Unavailable"
      case .versionNotSupported: "HTTP Version Not Supported"
      }
    }
  }

  /// The status.
  public let status: Status
  /// The fields besides those of every answer.
  public var fields: [(name: String, value: String)]
  /// The content.
  public let body: [UInt8]

  /// An answer with a body of the media type `type`.
  public init(_ status: Status, type: String, _ body: [UInt8], _ fields: [(String, String)] = []) {
    self.status = status
    self.fields = [("Content-Type", type)] + fields.map { (name: $0.0, value: $0.1) }
    self.body = body
  }

  /// An answer for people: one line.
  public init(_ status: Status, _ line: String, _ fields: [(String, String)] = []) {
    self.init(status, type: "text/plain; charset=utf-8", Array("\(line)\n".utf8), fields)
  }

  /// Whether two answers have the same bytes.
  public static func == (left: Reply, right: Reply) -> Bool {
    left.status == right.status && left.body == right.body
      && left.fields.elementsEqual(right.fields) { $0 == $1 }
  }
}

/// A request that is answered with an error.
package struct RefusedRequest: Error, Equatable {
  let status: Reply.Status
  let reason: String

  init(_ status: Reply.Status, _ reason: String) { (self.status, self.reason) = (status, reason) }

  var reply: Reply { Reply(status, reason) }
}

extension Reply {
  /// The fields of every answer: nothing is kept, framed, sniffed, or shared with other origins. An answer's own
  /// Content-Security-Policy takes the place of the one here, which allows nothing.
  private static let common = [
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
  ]

  /// The head, as it is sent.
  /// - Parameter keepsConnection: whether the connection stays open.
  func head(keepsConnection: Bool) -> [UInt8] {
    let own = Set(fields.map { $0.name.lowercased() })
    var lines = ["HTTP/1.1 \(status.rawValue) \(status.phrase)"]
    lines += fields.map { "\($0.name): \($0.value)" }
    lines += Reply.common.filter { !own.contains($0.0.lowercased()) }.map { "\($0.0): \($0.1)" }
    lines.append("Content-Length: \(body.count)")
    lines.append("Connection: \(keepsConnection ? "keep-alive" : "close")")
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
