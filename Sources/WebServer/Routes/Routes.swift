// A site as a table of paths. A path is only ever compared with those of the table, so that none can lead to a file.

/// All that a server answers, behind the rules of access.
public struct Routes: RequestHandler {
  private let routes: [String: [Route]]
  private let rules: AccessRules
  /// How errors are told to clients.
  public let errors: ErrorForm
  private let observer: @Sendable (AnsweredRequest) -> Void

  /// - Parameter observer: learns of every answer.
  public init(
    _ routes: [Route], rules: AccessRules, errors: ErrorForm,
    observer: @escaping @Sendable (AnsweredRequest) -> Void = { _ in }
  ) {
    self.routes = Dictionary(grouping: routes, by: \.path)
    (self.rules, self.errors, self.observer) = (rules, errors, observer)
  }

  /// Only known paths and methods are admitted, after the rules of access.
  public func admit(_ request: Request) throws(RefusedRequest) -> Int {
    let found = routes[request.path] ?? []
    try rules.check(request, needsToken: found.first?.needsToken ?? true)
    guard !found.isEmpty else { throw RefusedRequest(.notFound, "there is no such page") }
    guard let route = found.first(where: { $0.allows(request.method) }) else {
      let allowed = found.flatMap { $0.method == "GET" ? ["GET", "HEAD"] : [$0.method] }
      throw RefusedRequest(
        .methodNotAllowed,
        "only \(allowed.joined(separator: " and ")) \(allowed.count == 1 ? "is" : "are") answered",
        [("Allow", allowed.joined(separator: ", "))])
    }
    if let coding = request.fields["content-encoding"], coding.lowercased() != "identity" {
      throw RefusedRequest(
        .unsupportedType, "compressed bodies can't be read", [("Accept-Encoding", "identity")])
    }
    return route.limit
  }

  /// The answer of the request's path.
  public func reply(to request: Request) async -> Reply {
    guard let route = routes[request.path]?.first(where: { $0.allows(request.method) }) else {
      return errors.reply(RefusedRequest(.notFound, "there is no such page"))
    }
    return await route.answer(request)
  }

  /// Tells the observer.
  public func observe(_ answered: AnsweredRequest) {
    observer(
      AnsweredRequest(
        path: answered.path.flatMap { routes[$0] == nil ? nil : $0 }, status: answered.status,
        time: answered.time))
  }
}
