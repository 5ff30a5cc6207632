// Why an MLflow server did not do what it was asked to.

import Failures
import HTTP
import JSON

/// A failed call.
struct MLflowError: Error {
  let failure: Failure
  let isTransient: Bool
  /// MLflow's own code, such as `RESOURCE_DOES_NOT_EXIST`.
  var code: String?

  init(_ failure: Failure, isTransient: Bool) { (self.failure, self.isTransient) = (failure, isTransient) }

  /// A response with another status than 200.
  init(_ status: Int, _ location: String?, _ json: JSONValue?, at address: String) {
    code = json?["error_code"]?.string
    isTransient = HTTPError.isTransient(status: status)
    let message = json?["message"]?.string.map { ": \(Self.firstLine($0))" } ?? ""
    failure = Failure(
      .unavailable, "the server responded with HTTP status \(status)\(message)", at: address,
      remedy: Self.remedy(status, location, isMLflow: code != nil))
  }

  private static func remedy(_ status: Int, _ location: String?, isMLflow: Bool) -> String? {
    switch status {
    case 300..<400:
      location.map { "use the address to which it redirects: \(firstLine($0))" } ?? "check the address"
    case 401, 403:
      "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
    case 500...: "try again later"
    default: isMLflow ? nil : "check the address"
    }
  }

  /// The beginning of a message, which may be a page of text.
  private static func firstLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    return line.count > 200 ? line.prefix(200) + "..." : String(line)
  }
}
