// An MLflow server: its address, who the user is to it, and calls of its REST interface, version 2.0. Answers are trusted
// with nothing: neither to come, nor to be JSON, nor to be small.

import Failures
import Foundation
import HTTP
import JSON

/// How to reach an MLflow server.
public struct MLflowAddress: Sendable, Equatable {
  /// The experiment that runs belong to, unless another one is named.
  public static let usualExperiment = "rnnpipe"

  /// The address without a user's name and password, for messages.
  public let name: String
  /// Whether `name` is all of the address.
  public let isPublic: Bool
  let base: String
  let authorization: String?

  /// - Parameters:
  ///   - text: http or https.
  ///   - environment: MLflow's own variables: MLFLOW_TRACKING_USERNAME with MLFLOW_TRACKING_PASSWORD, else
  ///     MLFLOW_TRACKING_TOKEN.
  /// - Throws: `Failure` (usage) if it is no such address.
  public init(_ text: String, environment: (String) -> String?) throws(Failure) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), parts.host?.isEmpty == false, parts.query == nil,
      parts.fragment == nil
    else {
      throw .usage(
        "is not the address of an MLflow server", at: Self.hidingPassword(text),
        remedy: "write http://HOST:PORT or https://HOST")
    }
    var visible = parts
    (visible.user, visible.password) = (nil, nil)
    name = Self.withoutSlash(visible.string ?? "\(scheme)://\(parts.host ?? "")")
    isPublic = parts.user == nil && parts.password == nil
    base = Self.withoutSlash(text)
    authorization = try Self.authorization(environment)
  }

  private static func authorization(_ environment: (String) -> String?) throws(Failure) -> String? {
    if let user = environment("MLFLOW_TRACKING_USERNAME"),
      let password = environment("MLFLOW_TRACKING_PASSWORD")
    {
      return "Authorization: Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    }
    guard let token = environment("MLFLOW_TRACKING_TOKEN") else { return nil }
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .usage("has characters that no token has", at: "MLFLOW_TRACKING_TOKEN")
    }
    return "Authorization: Bearer \(token)"
  }

  private static func withoutSlash(_ text: String) -> String {
    String(text.reversed().drop { $0 == "/" }.reversed())
  }

  /// What precedes an `@` is left out.
  private static func hidingPassword(_ text: String) -> String {
    text.lastIndex(of: "@").map { "..." + text[$0...] } ?? text
  }
}

/// Calls an MLflow server. Used by one thread.
public final class MLflowServer {
  let address: MLflowAddress
  private let limits: HTTPLimits
  private var connection: HTTPConnection?

  private static let remedies = HTTPRemedies(
    elsewhere: "use another server", resume: "try again",
    withoutLibrary: "send the runs from a machine that has it")
  /// The largest answer that is read: more than a page of a metric's history has.
  private static let mostBytes = 8 << 20

  /// - Parameter totalSeconds: how long one call may take.
  public init(_ address: MLflowAddress, totalSeconds: Double) {
    self.address = address
    limits = HTTPLimits(
      stallSeconds: Int(totalSeconds.rounded(.up)), totalSeconds: totalSeconds, followsRedirects: false)
  }

  /// Calls `endpoint`, such as `runs/create`.
  /// - Throws: `MLflowError`.
  func post(_ endpoint: String, _ body: JSONValue) throws -> JSONValue {
    try call(endpoint, .post(body: Array(body.text.utf8)))
  }

  /// Calls `endpoint` with a query.
  /// - Throws: `MLflowError`.
  func get(_ endpoint: String, _ query: [(String, String)]) throws -> JSONValue {
    let text = query.map { "\($0)=\(HTTPAddress.escaped($1))" }.joined(separator: "&")
    return try call("\(endpoint)?\(text)", .get)
  }

  private func call(_ endpoint: String, _ method: HTTPMethod) throws -> JSONValue {
    var (status, location, bytes) = (0, nil as String?, [UInt8]())
    let headers = ["Content-Type: application/json", "Accept: application/json", "Expect:"]
    let request = HTTPRequest(
      "\(address.base)/api/2.0/mlflow/\(endpoint)", named: address.name, method,
      headers: headers + [address.authorization].compactMap { $0 }, limits: limits, remedies: Self.remedies,
      onResponse: { (status, location) = ($0.status, $0.location) },
      onBody: { piece in
        guard bytes.count + piece.count <= Self.mostBytes else { throw self.endless }
        bytes += piece
      })
    do {
      let connection = try self.connection ?? HTTPConnection(Self.remedies)
      self.connection = connection
      try request.perform(over: connection)
    } catch let error as HTTPError {
      throw MLflowError(error.failure, isTransient: error.isTransient || error.isUnconnected)
    } catch let failure as Failure {
      throw MLflowError(failure, isTransient: false)
    }
    return try answer(status, location, bytes)
  }

  private func answer(_ status: Int, _ location: String?, _ bytes: [UInt8]) throws -> JSONValue {
    let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
    guard status == 200 else { throw MLflowError(status, location, json, at: address.name) }
    guard let json, json.object != nil else {
      throw MLflowError(
        Failure(
          .unavailable, "the server's answer is not that of MLflow", at: address.name,
          remedy: "check the address"), isTransient: false)
    }
    return json
  }

  private var endless: MLflowError {
    MLflowError(
      Failure(
        .unavailable, "the server's answer is longer than \(Self.mostBytes >> 20) MiB", at: address.name,
        remedy: "check the address"), isTransient: false)
  }
}
