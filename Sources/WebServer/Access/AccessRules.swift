// Who may read what the server shows: pages of other sites may not, though they run in a browser on this machine, nor may
// other machines without the token.

/// The rules of access.
public struct AccessRules: Sendable {
  private let names: Set<String>
  private let allowsAddresses: Bool
  private let token: AccessToken?
  /// The name of the cookie that has the token; cookies don't tell ports apart. Nil if clients are programs.
  private let cookie: String?

  /// - Parameters:
  ///   - address: where the server listens.
  ///   - names: names of this machine besides localhost.
  ///   - token: what a client must know; nil if it need not know anything.
  ///   - isForBrowsers: whether people open it. Then the token may be in the address, from where it goes into a cookie;
  ///     programs send it in a field, and if they do, may call the server by any name, such as that of a proxy.
  public init(
    _ address: ListeningAddress, names: [String] = [], token: AccessToken?, isForBrowsers: Bool = true
  ) {
    self.names = Set((["localhost", address.host] + names).map { $0.lowercased() })
    allowsAddresses = !address.isLoopback
    self.token = token
    cookie = isForBrowsers ? "rnn_token_\(address.port)" : nil
  }

  /// Throws `RefusedRequest` if the request may not be answered.
  /// - Parameter needsToken: whether a client must know the token.
  package func check(_ request: Request, needsToken: Bool = true) throws(RefusedRequest) {
    guard isKnownHost(request.fields["host"] ?? "") else {
      throw RefusedRequest(
        .forbidden, "this server doesn't answer to that name (open the address that it printed)")
    }
    if isForeign(request) { throw RefusedRequest(.forbidden, "pages of other sites can't read this") }
    if needsToken, let token { try check(token, request) }
  }

  private func check(_ token: AccessToken, _ request: Request) throws(RefusedRequest) {
    guard let cookie else {
      if let given = Self.bearer(request), token.matches(given) { return }
      throw RefusedRequest(
        .unauthorized, "a token is needed (send Authorization: Bearer TOKEN)",
        [("WWW-Authenticate", "Bearer")])
    }
    if let given = request.values("token").last {
      throw token.matches(given) ? welcome(request.path, token, cookie) : Self.unauthorized
    }
    let offered = [request.cookie(cookie), Self.bearer(request)].compactMap { $0 }
    guard offered.contains(where: token.matches) else { throw Self.unauthorized }
  }

  /// Whether a browser that was tricked into taking another site's name for this machine's address would send this host
  /// (DNS rebinding): any name that isn't this machine's. Addresses can't be rebound.
  private func isKnownHost(_ host: String) -> Bool {
    if cookie == nil, token != nil { return true }
    let name = Self.name(of: host)
    return names.contains(name) || (allowsAddresses && Self.isAddress(name))
  }

  /// The host without its port and brackets.
  private static func name(of host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      return host[host.index(after: host.startIndex)..<end].lowercased()
    }
    return (host.split(separator: ":", omittingEmptySubsequences: false).first ?? "").lowercased()
  }

  private static func isAddress(_ name: String) -> Bool {
    (try? ListeningAddress(host: name, port: 0)) != nil && name != "localhost"
  }

  /// Whether the request comes from a page of another origin. Links to the page itself may be followed from anywhere.
  private func isForeign(_ request: Request) -> Bool {
    if let origin = request.fields["origin"], origin != "http://\(request.fields["host"] ?? "")" {
      return true
    }
    guard let site = request.fields["sec-fetch-site"], !["same-origin", "none"].contains(site) else {
      return false
    }
    let isLink =
      request.path == "/" && request.fields["sec-fetch-mode"] == "navigate"
      && request.fields["sec-fetch-dest"] == "document"
    return !isLink
  }

  private static func bearer(_ request: Request) -> String? {
    let parts = (request.fields["authorization"] ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }

  /// Puts the token into a cookie, and takes it out of the address. Odd paths, which a browser could take for another
  /// site's address, lead to the page.
  private func welcome(_ path: String, _ token: AccessToken, _ cookie: String) -> RefusedRequest {
    let isPlain = path.utf8.dropFirst().allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    let target = isPlain ? path : "/"
    let crumb = "\(cookie)=\(token.text); Path=/; HttpOnly; SameSite=Lax"
    return RefusedRequest(.seeOther, "see \(target)", [("Location", target), ("Set-Cookie", crumb)])
  }

  private static let unauthorized = RefusedRequest(
    .unauthorized, "a token is needed (open the address that the server printed)",
    [("WWW-Authenticate", "Bearer")])
}
