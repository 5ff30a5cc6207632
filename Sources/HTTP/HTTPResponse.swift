// The status and the headers of an HTTP response, as far as clients need them. libcurl parses them.

import CCurl

/// The head of one response.
public struct HTTPResponse {
  /// The status code, such as 206.
  public let status: Int
  /// Which bytes of the file follow, if stated by the response.
  public let contentRange: String?
  /// The entity tag.
  public let etag: String?
  /// When the file was last modified.
  public let lastModified: String?
  /// The announced length of the body.
  public let contentLength: Int?
  /// The encoding of the body, such as `gzip`; nil if the body is the file itself.
  public let contentEncoding: String?
  /// Whether a body that was cut short can be told from a complete one.
  public let delimitsBody: Bool
  /// The media type of the body, such as `text/html`, in lowercase.
  public let contentType: String?
  /// Where a redirect leads.
  public let location: String?
  private let date: String?

  /// The final response of a transfer, once its headers have arrived.
  init(_ handle: UnsafeMutableRawPointer) {
    func header(_ name: String) -> String? { http_header(handle, name).map { String(cString: $0) } }
    status = Int(http_status(handle))
    location = header("Location")
    contentType = header("Content-Type").flatMap {
      $0.lowercased().split(separator: ";").first.map(String.init)
    }
    (contentRange, etag) = (header("Content-Range"), header("ETag"))
    (lastModified, date) = (header("Last-Modified"), header("Date"))
    contentLength = header("Content-Length").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    let isChunked = header("Transfer-Encoding")?.lowercased().hasSuffix("chunked") ?? false
    delimitsBody = contentLength != nil || isChunked || http_frames_bodies(handle) != 0
    let encoding = header("Content-Encoding")?.lowercased() ?? ""
    contentEncoding = encoding.isEmpty || encoding == "identity" ? nil : encoding
  }

  /// The entity tag, if it is strong: the same tag means the same bytes.
  public var strongTag: String? {
    guard let etag, etag.hasPrefix("\""), etag.count > 2, etag.hasSuffix("\"") else { return nil }
    return etag
  }

  /// An identifier of this version of the file, which allows requesting the rest of it later: a strong ETag, or a
  /// modification time earlier than the response's date (RFC 9110, 8.8.2.2 and 8.8.3). Only the ETag is certain: a file
  /// may change twice in a second, or get an old time.
  public var validator: String? {
    if let strongTag { return strongTag }
    guard let lastModified, let date else { return nil }
    let (modification, response) = (http_date(lastModified), http_date(date))
    return modification > 0 && response > modification ? lastModified : nil
  }
}
