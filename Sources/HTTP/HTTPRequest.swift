// An HTTP request made with libcurl.

import CCurl
import Failures

/// What a request asks for.
public enum HTTPMethod: Sendable {
  /// A resource.
  case get
  /// An answer to this body.
  case post(body: [UInt8])
}

/// How much time a request may take, and where it may lead.
public struct HTTPLimits: Sendable {
  /// The number of seconds without data after which the request fails.
  public var stallSeconds: Int
  /// The number of seconds after which it fails in any case; nil for none.
  public var totalSeconds: Double?
  /// Whether redirects are followed; otherwise they are responses like others.
  public var followsRedirects: Bool

  /// See the properties.
  public init(stallSeconds: Int, totalSeconds: Double? = nil, followsRedirects: Bool = true) {
    (self.stallSeconds, self.totalSeconds) = (stallSeconds, totalSeconds)
    self.followsRedirects = followsRedirects
  }
}

/// A request. The response's status and headers are passed on before the first byte of the body, and in any case before
/// `perform` returns.
public final class HTTPRequest {
  private let address: String
  private let name: String
  private let method: HTTPMethod
  private let headers: [String]
  private let limits: HTTPLimits
  private let remedies: HTTPRemedies
  private let onResponse: (HTTPResponse) throws -> Void
  private let onBody: (UnsafeRawBufferPointer) throws -> Void
  private var handle: UnsafeMutableRawPointer?
  private var headerBytes = 0
  private var isResponseGiven = false
  private var thrown: (any Error)?

  private static let mostHeaderBytes = 1 << 18

  /// - Parameters:
  ///   - address: http or https.
  ///   - name: the address in messages, which must not show passwords.
  ///   - headers: header lines of the request, in addition to libcurl's; without line feeds.
  ///   - remedies: what messages advise.
  ///   - onResponse: takes the head of the final response; may throw to end the transfer.
  ///   - onBody: takes the body piece by piece; may throw to end the transfer.
  public init(
    _ address: String, named name: String? = nil, _ method: HTTPMethod = .get, headers: [String],
    limits: HTTPLimits, remedies: HTTPRemedies, onResponse: @escaping (HTTPResponse) throws -> Void,
    onBody: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) {
    (self.address, self.name, self.method, self.headers) = (address, name ?? address, method, headers)
    (self.limits, self.remedies) = (limits, remedies)
    (self.onResponse, self.onBody) = (onResponse, onBody)
  }

  /// Sends the request and passes the response to the handlers; call it once.
  /// - Parameter connection: a connection that is kept for further requests; nil for one that is closed afterwards.
  /// - Throws: `HTTPError`, or what a handler threw.
  public func perform(over connection: HTTPConnection? = nil) throws {
    let connection = try connection ?? HTTPConnection(remedies)
    let handle = connection.reset()
    self.handle = handle
    let list = headers.reduce(nil as UnsafeMutablePointer<curl_slist>?) { http_add_line($0, $1) ?? $0 }
    defer { http_free_lines(list) }
    http_set_lines(handle, list)
    try configure(handle)
    let code = withExtendedLifetime((self, connection)) { http_perform(handle) }
    if let thrown { throw thrown }
    guard code == CURLE_OK else { throw HTTPError(code, at: name, limits, remedies) }
    try giveResponse()
  }

  private func configure(_ handle: UnsafeMutableRawPointer) throws {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let isSecure = address.lowercased().hasPrefix("https:")
    let results = [
      http_set_text(handle, CURLOPT_URL, address),
      http_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      // A redirect must not turn a secure download into an insecure one, or into a local file.
      http_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https"),
      http_set_number(handle, CURLOPT_FOLLOWLOCATION, limits.followsRedirects ? 1 : 0),
      http_set_number(handle, CURLOPT_MAXREDIRS, 10),
      http_set_number(handle, CURLOPT_NOSIGNAL, 1),
      http_set_number(handle, CURLOPT_CONNECTTIMEOUT, limits.stallSeconds),
      http_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 100),
      http_set_number(handle, CURLOPT_LOW_SPEED_TIME, limits.stallSeconds),
      http_set_number(handle, CURLOPT_TIMEOUT_MS, Int((limits.totalSeconds ?? 0) * 1000)),
      http_set_text(handle, CURLOPT_USERAGENT, "rnnpipe"),
      http_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader),
      http_set_pointer(handle, CURLOPT_HEADERDATA, context),
      http_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody),
      http_set_pointer(handle, CURLOPT_WRITEDATA, context),
    ]
    for code in results + setBody(handle) where code != CURLE_OK {
      throw Failure(.software, "libcurl rejects an option: \(String(cString: http_error_text(code)))")
    }
  }

  /// libcurl copies the body, whose size it must know first.
  private func setBody(_ handle: UnsafeMutableRawPointer) -> [CURLcode] {
    guard case .post(let body) = method else { return [] }
    return body.withUnsafeBytes { bytes in
      [
        http_set_number(handle, CURLOPT_POSTFIELDSIZE, body.count),
        http_set_pointer(
          handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress)),
      ]
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
    HTTPError(Failure(.unavailable, "the server's headers are incomplete", at: name), isTransient: false)
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
