// What a server has at one path.

/// A path, the method by which it is asked for, and who answers.
public struct Route: Sendable {
  /// `GET` or `POST`; `HEAD` is allowed where `GET` is.
  let method: String
  let path: String
  /// The most bytes of a request's body.
  let limit: Int
  /// Whether a client needs the token, if there is one.
  let needsToken: Bool
  let answer: @Sendable (Request) async -> Reply

  /// Something to read.
  /// - Parameter needsToken: whether a client needs the token, if there is one.
  public static func get(
    _ path: String, needsToken: Bool = true, _ answer: @escaping @Sendable (Request) async -> Reply
  ) -> Route {
    Route(method: "GET", path: path, limit: 0, needsToken: needsToken, answer: answer)
  }

  /// Something that is sent data.
  /// - Parameter limit: the most bytes of a request's body.
  public static func post(
    _ path: String, limit: Int, _ answer: @escaping @Sendable (Request) async -> Reply
  ) -> Route {
    Route(method: "POST", path: path, limit: limit, needsToken: true, answer: answer)
  }

  /// Whether it answers requests with this method.
  func allows(_ method: String) -> Bool {
    method == self.method || (method == "HEAD" && self.method == "GET")
  }
}
