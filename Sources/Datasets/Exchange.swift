// One HTTP request and its response, through libcurl; the only file that talks to it.

import CCurl
import Failures

/// Why an exchange came to nothing, and whether trying again can help.
struct ExchangeError: Error {
  let failure: Failure
  let isTransient: Bool
}

/// One request for a file. The head is handed over before the first byte of the body, and in any case before
/// `perform` returns.
final class Exchange {
  private let address: String
  private let lines: [String]
  private let stallSeconds: Int
  private let onHead: (ResponseHead) throws -> Void
  private let onBody: (UnsafeRawBufferPointer) throws -> Void
  private var head = ResponseHead()
  private var headBytes = 0
  private var isHeadGiven = false
  private var thrown: (any Error)?

  /// - Parameters:
  ///   - address: http or https.
  ///   - lines: header lines of the request beside libcurl's own.
  ///   - stallSeconds: after how long without data the server counts as gone.
  ///   - onHead: takes the head of the final response; may throw to end the exchange.
  ///   - onBody: takes the body piece by piece; may throw to end the exchange.
  init(
    _ address: String, lines: [String], stallSeconds: Int, onHead: @escaping (ResponseHead) throws -> Void,
    onBody: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) {
    self.address = address
    self.lines = lines
    self.stallSeconds = stallSeconds
    self.onHead = onHead
    self.onBody = onBody
  }

  /// Asks, and hands over what comes.
  /// - Throws: `ExchangeError`, or what a handler threw.
  func perform() throws {
    try Exchange.loadLibrary()
    guard let handle = http_begin() else { throw Failure(.software, "libcurl can't be started") }
    defer { http_end(handle) }
    let list = lines.reduce(nil as UnsafeMutablePointer<curl_slist>?) { http_add_line($0, $1) ?? $0 }
    defer { http_free_lines(list) }
    http_set_lines(handle, list)
    try configure(handle)
    let code = withExtendedLifetime(self) { http_perform(handle) }
    if let thrown { throw thrown }
    guard code == CURLE_OK else { throw error(code) }
    if !isHeadGiven { try onHead(head) }
  }

  /// Loads libcurl, which only downloads need.
  /// - Throws: `Failure` (unavailable) where the machine has none.
  static func loadLibrary() throws(Failure) {
    guard let problem = http_load() else { return }
    throw Failure(
      .unavailable, "libcurl can't be loaded: \(String(cString: problem))",
      remedy: "install it (make deps in the project's folder), or give files in place of addresses")
  }

  private func configure(_ handle: UnsafeMutableRawPointer) throws {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let isSecure = address.lowercased().hasPrefix("https:")
    let results = [
      http_set_text(handle, CURLOPT_URL, address),
      http_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      // Nobody on the way shall turn a protected download into an open one, or into a local file.
      http_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https"),
      http_set_number(handle, CURLOPT_FOLLOWLOCATION, 1),
      http_set_number(handle, CURLOPT_MAXREDIRS, 10),
      http_set_number(handle, CURLOPT_NOSIGNAL, 1),
      http_set_number(handle, CURLOPT_CONNECTTIMEOUT, stallSeconds),
      http_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 100),
      http_set_number(handle, CURLOPT_LOW_SPEED_TIME, stallSeconds),
      http_set_text(handle, CURLOPT_USERAGENT, "rnnpipe"),
      http_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHead),
      http_set_pointer(handle, CURLOPT_HEADERDATA, context),
      http_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody),
      http_set_pointer(handle, CURLOPT_WRITEDATA, context),
    ]
    for code in results where code != CURLE_OK {
      throw Failure(.software, "libcurl refuses an option: \(String(cString: http_error_text(code)))")
    }
  }

  /// Takes a header line; false ends the exchange.
  fileprivate func takeHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headBytes += bytes.count
    guard headBytes <= 1 << 18 else { return end(protocolError("sends no end of headers")) }
    head.take(String(decoding: bytes, as: UTF8.self))
    return true
  }

  /// Takes a piece of the body; false ends the exchange.
  fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      if !isHeadGiven {
        isHeadGiven = true
        try onHead(head)
      }
      try onBody(bytes)
      return true
    } catch {
      return end(error)
    }
  }

  private func end(_ error: any Error) -> Bool {
    thrown = thrown ?? error
    return false
  }

  private func protocolError(_ problem: String) -> ExchangeError {
    ExchangeError(failure: Failure(.unavailable, "the server \(problem)", at: address), isTransient: false)
  }

  private func error(_ code: CURLcode) -> ExchangeError {
    let (problem, remedy) = Exchange.words(code, stallSeconds)
    return ExchangeError(
      failure: Failure(.unavailable, problem, at: address, remedy: remedy),
      isTransient: Exchange.transient.contains(code.rawValue))
  }

  /// Errors that a second try often cures: the connection broke, or nothing came for too long.
  private static let transient: Set<UInt32> = Set(
    [
      CURLE_PARTIAL_FILE, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
      CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR,
    ].map(\.rawValue))

  private static func words(_ code: CURLcode, _ seconds: Int) -> (problem: String, remedy: String?) {
    let elsewhere = "give another address, or a file, with --url"
    return switch code {
    case CURLE_UNSUPPORTED_PROTOCOL:
      ("the server redirects to an address of another kind, which is refused", elsewhere)
    case CURLE_TOO_MANY_REDIRECTS: ("the server redirects in a circle", elsewhere)
    case CURLE_COULDNT_RESOLVE_HOST:
      ("the server's name can't be resolved", "check the network, or \(elsewhere)")
    case CURLE_COULDNT_CONNECT: ("the server can't be reached", "check the network, or \(elsewhere)")
    case CURLE_OPERATION_TIMEDOUT: ("the server sent nothing for \(seconds) s", "try again later")
    case CURLE_PARTIAL_FILE: ("the connection ended before the file did", "run the command again to go on")
    case CURLE_PEER_FAILED_VERIFICATION: ("the server's certificate is not trusted", elsewhere)
    default: (String(cString: http_error_text(code)).lowercased(), "try again, or \(elsewhere)")
    }
  }
}

private func receiveHead(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  return exchange.takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  return exchange.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
