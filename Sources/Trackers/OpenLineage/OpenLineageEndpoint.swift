// A server that collects OpenLineage events, such as Marquez, over HTTP.

import Failures
import Foundation
import HTTP
import JSON

/// Posts events, one by one, as OpenLineage's HTTP transport does. Used by one thread.
public final class OpenLineageEndpoint {
  /// The address without a user's name and password, for messages.
  public let name: String
  private let address: String
  private let headers: [String]
  private var connection: HTTPConnection?

  private static let remedies = HTTPRemedies(
    elsewhere: "use another server", resume: "try again",
    withoutLibrary: "export the events: rnn-runs export --format openlineage")
  private static let limits = HTTPLimits(stallSeconds: 60, totalSeconds: 60, followsRedirects: false)

  /// - Parameters:
  ///   - text: http or https; without a path, `api/v1/lineage` is added.
  ///   - key: a key, sent as a bearer token.
  /// - Throws: `Failure` (usage) if it is no such address.
  public init(_ text: String, key: String?) throws(Failure) {
    guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), parts.host?.isEmpty == false, parts.fragment == nil
    else {
      throw .usage(
        "is not the address of a server", at: text, remedy: "write http://HOST:PORT or https://HOST")
    }
    if parts.path.isEmpty || parts.path == "/" { parts.path = "/api/v1/lineage" }
    guard key?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else {
      throw .usage("has characters that no key has", at: "OPENLINEAGE_API_KEY")
    }
    address = parts.string ?? text
    (parts.user, parts.password) = (nil, nil)
    name = parts.string ?? scheme
    headers =
      ["Content-Type: application/json", "Expect:"] + (key.map { ["Authorization: Bearer \($0)"] } ?? [])
  }

  /// Posts an event.
  /// - Throws: `Failure` (unavailable) if the server doesn't accept it.
  public func send(_ event: JSONValue) throws {
    var (status, isPage, taken) = (0, false, 0)
    let request = HTTPRequest(
      address, named: name, .post(body: Array(event.text.utf8)), headers: headers, limits: Self.limits,
      remedies: Self.remedies, onResponse: { (status, isPage) = ($0.status, $0.contentType == "text/html") },
      onBody: { piece in
        taken += piece.count
        guard taken <= Self.mostBytes else { throw self.endless }
      })
    do {
      let connection = try self.connection ?? HTTPConnection(Self.remedies)
      self.connection = connection
      try request.perform(over: connection)
    } catch let error as HTTPError {
      throw error.failure
    }
    // Some servers answer everything with their front page.
    guard !isPage || !(200..<300).contains(status) else {
      throw Failure(
        .unavailable, "the server answers with a web page", at: name, remedy: "check the address")
    }
    guard (200..<300).contains(status) else {
      throw Failure(
        .unavailable, "the server responded with HTTP status \(status)", at: name,
        remedy: HTTPError.isTransient(status: status) ? "try again later" : "check the address")
    }
  }

  /// An answer is not needed, and not read without end.
  private static let mostBytes = 1 << 20

  private var endless: Failure {
    Failure(
      .unavailable, "the server's answer is longer than \(Self.mostBytes >> 20) MiB", at: name,
      remedy: "check the address")
  }
}
