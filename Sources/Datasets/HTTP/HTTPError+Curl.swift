// The meaning of libcurl's error codes for the user.

import CCurl
import Failures

extension HTTPError {
  /// The error for a code of libcurl.
  init(_ code: CURLcode, at address: String, stallSeconds: Int) {
    let (problem, remedy) = HTTPError.words(code, stallSeconds)
    failure = Failure(.unavailable, problem, at: address, remedy: remedy)
    isTransient = HTTPError.transient.contains(code.rawValue)
  }

  /// Errors that a retry often resolves: the connection was lost, or no data arrived for too long.
  private static let transient: Set<UInt32> = Set(
    [
      CURLE_PARTIAL_FILE, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
      CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR,
    ].map(\.rawValue))

  /// Advice that holds for a URL on the command line, and for a data set of the catalog, which needs the option.
  static let elsewhere = "use another URL or a local file; if a data set was named, with --url"

  private static func words(_ code: CURLcode, _ seconds: Int) -> (problem: String, remedy: String?) {
    let elsewhere = HTTPError.elsewhere
    return switch code {
    case CURLE_UNSUPPORTED_PROTOCOL:
      ("the server redirects to a URL with another scheme, which is not followed", elsewhere)
    case CURLE_TOO_MANY_REDIRECTS: ("too many redirects", elsewhere)
    case CURLE_COULDNT_RESOLVE_HOST:
      ("the server's name can't be resolved", "check the network, or \(elsewhere)")
    case CURLE_COULDNT_CONNECT: ("the server can't be reached", "check the network, or \(elsewhere)")
    case CURLE_OPERATION_TIMEDOUT: ("the server sent nothing for \(seconds) s", "try again later")
    case CURLE_PARTIAL_FILE:
      ("the connection closed before the end of the file", "run the command again to resume")
    case CURLE_PEER_FAILED_VERIFICATION: ("the server's certificate is not trusted", elsewhere)
    default: (String(cString: http_error_text(code)).lowercased(), "try again, or \(elsewhere)")
    }
  }
}
