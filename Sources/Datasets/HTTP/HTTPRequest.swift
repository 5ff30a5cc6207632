// An HTTP request made with libcurl.

import CCurl
import Failures

/// Why a request failed, and whether a retry can help.
struct HTTPError: Error {
  let failure: Failure
  let isTransient: Bool
}

/// A request for a file. The response's status and headers are passed on before the first byte of the body, and in
/// any case before `perform` returns.
final class HTTPRequest {
  private let address: String
  private let headers: [String]
  private let stallSeconds: Int
  private let onResponse: (HTTPResponse) throws -> Void
  private let onBody: (UnsafeRawBufferPointer) throws -> Void
  private var handle: UnsafeMutableRawPointer?
  private var headerBytes = 0
  private var isResponseGiven = false
  private var thrown: (any Error)?

  private static let mostHeaderBytes = 1 << 18

  /// - Parameters:
  ///   - address: http or https.
  ///   - headers: header lines of the request, in addition to libcurl's.
  ///   - stallSeconds: the number of seconds without data after which the request fails.
  ///   - onResponse: takes the head of the final response; may throw to end the transfer.
  ///   - onBody: takes the body piece by piece; may throw to end the transfer.
  init(
    _ address: String, headers: [String], stallSeconds: Int,
    onResponse: @escaping (HTTPResponse) throws -> Void,
    onBody: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) {
    self.address = address
    self.headers = headers
    self.stallSeconds = stallSeconds
    self.onResponse = onResponse
    self.onBody = onBody
  }

  /// Sends the request and passes the response to the handlers.
  /// - Throws: `HTTPError`, or what a handler threw.
  func perform() throws {
    try HTTPRequest.loadLibrary()
    guard let handle = http_begin() else { throw Failure(.software, "libcurl can't be initialized") }
    defer { http_end(handle) }
    self.handle = handle
    let list = headers.reduce(nil as UnsafeMutablePointer<curl_slist>?) { http_add_line($0, $1) ?? $0 }
    defer { http_free_lines(list) }
    http_set_lines(handle, list)
    try configure(handle)
    let code = withExtendedLifetime(self) { http_perform(handle) }
    if let thrown { throw thrown }
    guard code == CURLE_OK else { throw HTTPError(code, at: address, stallSeconds: stallSeconds) }
    try giveResponse()
  }

  /// Loads libcurl, which is needed only for downloads.
  /// - Throws: `Failure` (unavailable) if the machine has none.
  static func loadLibrary() throws(Failure) {
    guard let problem = http_load() else { return }
    throw Failure.library(
      "libcurl", reason: String(cString: problem),
      remedy: "install it (make deps in the project's folder), or use local files")
  }

  private func configure(_ handle: UnsafeMutableRawPointer) throws {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let isSecure = address.lowercased().hasPrefix("https:")
    let results = [
      http_set_text(handle, CURLOPT_URL, address),
      http_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      // A redirect must not turn a secure download into an insecure one, or into a local file.
      http_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https"),
      http_set_number(handle, CURLOPT_FOLLOWLOCATION, 1),
      http_set_number(handle, CURLOPT_MAXREDIRS, 10),
      http_set_number(handle, CURLOPT_NOSIGNAL, 1),
      http_set_number(handle, CURLOPT_CONNECTTIMEOUT, stallSeconds),
      http_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 100),
      http_set_number(handle, CURLOPT_LOW_SPEED_TIME, stallSeconds),
      http_set_text(handle, CURLOPT_USERAGENT, "rnnpipe"),
      http_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader),
      http_set_pointer(handle, CURLOPT_HEADERDATA, context),
      http_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody),
      http_set_pointer(handle, CURLOPT_WRITEDATA, context),
    ]
    for code in results where code != CURLE_OK {
      throw Failure(.software, "libcurl rejects an option: \(String(cString: http_error_text(code)))")
    }
  }

  /// Counts a header line, whose contents libcurl keeps; false ends the transfer.
  fileprivate func takeHeader(_ count: Int) -> Bool {
    headerBytes += count
    return headerBytes <= HTTPRequest.mostHeaderBytes || end(endlessHeaders)
  }

  /// Takes a piece of the body; false ends the transfer.
  fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      try giveResponse()
      try onBody(bytes)
      return true
    } catch {
      return end(error)
    }
  }

  private func giveResponse() throws {
    guard !isResponseGiven, let handle else { return }
    isResponseGiven = true
    try onResponse(HTTPResponse(handle))
  }

  private func end(_ error: any Error) -> Bool {
    thrown = thrown ?? error
    return false
  }

  private var endlessHeaders: HTTPError {
    HTTPError(
      failure: Failure(.unavailable, "the server's headers are incomplete", at: address), isTransient: false)
  }
}

private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let request = Unmanaged<HTTPRequest>.fromOpaque(context).takeUnretainedValue()
  return request.takeHeader(size * count) ? size * count : 0
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let request = Unmanaged<HTTPRequest>.fromOpaque(context).takeUnretainedValue()
  return request.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
