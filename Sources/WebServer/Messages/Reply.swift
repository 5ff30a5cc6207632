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
    case contentTooLarge = 413
    case unsupportedType = 415
    case expectationFailed = 417
    case headTooLarge = 431
    case failed = 500
    case notImplemented = 501
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
      case .contentTooLarge: "Content Too Large"
      case .unsupportedType: "Unsupported Media Type"
      case .expectationFailed: "Expectation Failed"
      case .headTooLarge: "Request Header Fields Too Large"
      case .failed: "Internal Server Error"
      case .notImplemented: "Not Implemented"
      case .unavailable: "Service Unavailable"
      case .versionNotSupported: "HTTP Version Not Supported"
      }
    }
  }

  /// The status.
  public let status: Status
  /// The fields besides those of every answer.
  public let fields: [(name: String, value: String)]
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
public struct RefusedRequest: Error {
  /// The status.
  public let status: Reply.Status
  /// What is wrong, in one line.
  public let reason: String
  /// Fields of the answer.
  public var fields: [(name: String, value: String)]

  /// An error with these fields besides the usual ones.
  public init(_ status: Reply.Status, _ reason: String, _ fields: [(String, String)] = []) {
    (self.status, self.reason) = (status, reason)
    self.fields = fields.map { (name: $0.0, value: $0.1) }
  }

  /// A body that has more bytes than are read.
  static func tooLarge(_ limit: Int) -> RefusedRequest {
    RefusedRequest(.contentTooLarge, "the body has more than \(limit) bytes")
  }
}

extension Reply {
  /// The fields of every answer: nothing is kept, framed, sniffed, or shared with other origins. An answer's own
  /// Content-Security-Policy takes the place of the one here, which allows nothing.
  private static let common = [
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
  ].map { "\($0.0): \($0.1)\r\n" }.joined()
  private static let policy = (
    name: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'; sandbox"
  )

  /// The head, as it is sent.
  /// - Parameter keepsConnection: whether the connection stays open.
  func head(keepsConnection: Bool) -> [UInt8] {
    var text = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
    for field in fields { text += "\(field.name): \(field.value)\r\n" }
    text += Reply.common
    if !fields.contains(where: { $0.name == Reply.policy.name }) {
      text += "\(Reply.policy.name): \(Reply.policy.value)\r\n"
    }
    text += "Content-Length: \(body.count)\r\nConnection: \(keepsConnection ? "keep-alive" : "close")\r\n\r\n"
    return Array(text.utf8)
  }
}
