// The meaning of libcurl's error codes for the user.

import CCurl
import Failures

extension HTTPError {
  /// The error for a code of libcurl.
  init(_ code: CURLcode, at address: String, _ limits: HTTPLimits, _ remedies: HTTPRemedies) {
    let (problem, remedy) = HTTPError.words(code, limits, remedies)
    self.init(
      Failure(.unavailable, problem, at: address, remedy: remedy),
      isTransient: HTTPError.transient.contains(code.rawValue),
      isUnconnected: code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
  }

  /// Errors that a retry often resolves: the connection was lost, or no data arrived for too long.
  private static let transient: Set<UInt32> = Set(
    [
      CURLE_PARTIAL_FILE, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
      CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR,
    ].map(\.rawValue))

  private static func words(
    _ code: CURLcode, _ limits: HTTPLimits, _ remedies: HTTPRemedies
  ) -> (problem: String, remedy: String?) {
    let elsewhere = remedies.elsewhere
    return switch code {
    case CURLE_UNSUPPORTED_PROTOCOL:
      ("the server redirects to a URL with another scheme, which is not followed", elsewhere)
    case CURLE_TOO_MANY_REDIRECTS: ("too many redirects", elsewhere)
    case CURLE_COULDNT_RESOLVE_HOST:
      ("the server's name can't be resolved", "check the network, or \(elsewhere)")
    case CURLE_COULDNT_CONNECT: ("the server can't be reached", "check the network, or \(elsewhere)")
    case CURLE_OPERATION_TIMEDOUT: (timeout(limits), "try again later")
    case CURLE_PARTIAL_FILE: ("the connection closed before the end of the file", remedies.resume)
    case CURLE_GOT_NOTHING:
      ("the server closed the connection without an answer", "try again, or \(elsewhere)")
    case CURLE_PEER_FAILED_VERIFICATION: ("the server's certificate is not trusted", elsewhere)
    default: (String(cString: http_error_text(code)).lowercased(), "try again, or \(elsewhere)")
    }
  }

  private static func timeout(_ limits: HTTPLimits) -> String {
    limits.totalSeconds.map { "the server has not answered within \(Int($0.rounded())) s" }
      ?? "the server sent nothing for \(limits.stallSeconds) s"
  }
}
