// Handling of a server's response: which parts of it are trusted, and where its bytes are written.

import Failures
import HTTP

/// Writes a response to a partial file.
final class ResponseHandler {
  private let part: PartialFile
  private let address: String
  private let expectedSize: Int?
  private let mostUnannounced: Int
  private let offset: Int
  private let progress: (Int, Int?) -> Void
  private var end: Int?

  /// - Parameters:
  ///   - expectedSize: the published size of the file, if known.
  ///   - mostUnannounced: the maximum number of bytes of a body whose length is not known beforehand.
  ///   - progress: receives the number of bytes so far, and the total, if known.
  init(
    _ part: PartialFile, address: String, expectedSize: Int?, mostUnannounced: Int,
    progress: @escaping (Int, Int?) -> Void
  ) {
    self.mostUnannounced = mostUnannounced
    self.part = part
    self.address = address
    self.expectedSize = expectedSize
    self.progress = progress
    offset = part.isResumable ? part.size : 0
  }

  /// The header lines of the request: for the whole file, or for the rest if the file is unchanged.
  var requestHeaders: [String] {
    let whole = ["Accept-Encoding: identity"]
    guard offset > 0, let validator = part.validator else { return whole }
    return whole + ["Range: bytes=\(offset)-", "If-Range: \(validator)"]
  }

  /// Decides whether the body is appended to the bytes so far, replaces them, or is rejected.
  func take(_ response: HTTPResponse) throws {
    switch response.status {
    case 200: try beginWhole(response)
    case 206 where offset > 0: try beginRest(response)
    case 416 where offset > 0: throw try restart()
    default: throw rejection(of: response)
    }
    progress(part.size, part.total)
  }

  /// Appends a piece of the body.
  func take(_ bytes: UnsafeRawBufferPointer) throws {
    guard part.size + bytes.count <= end ?? mostUnannounced else {
      try part.discard()
      throw end == nil ? endless : error("sent more bytes than the file has", isTransient: true)
    }
    try part.append(bytes)
    progress(part.size, part.total)
  }

  /// Checks that the body had the announced length.
  func finish() throws {
    if part.total == nil { part.complete() }
    guard part.isComplete else {
      throw error("closed the connection before the end of the file", isTransient: true)
    }
  }

  private func beginWhole(_ response: HTTPResponse) throws {
    // Some servers declare the encoding of a .gz file itself, which is recognizable by its name.
    if let encoding = response.contentEncoding, !isCompressedByName {
      throw error("sent the file encoded as '\(encoding)', which was not requested", isTransient: false)
    }
    let total = response.contentLength ?? expectedSize
    if let expectedSize, let total, total != expectedSize {
      throw error("has a file of \(total) bytes instead of the published \(expectedSize)", isTransient: false)
    }
    try part.begin(validator: response.validator, total: total)
    if total == nil, !response.delimitsBody { part.doubtEnd() }
    end = total
  }

  private func beginRest(_ response: HTTPResponse) throws {
    guard let range = response.contentRange.flatMap({ ContentRange($0) }), response.contentEncoding == nil,
      range.first == offset, range.total == part.total, isSameVersion(response)
    else { throw try restart() }
    end = range.last + 1
    part.resume()
  }

  /// The response doesn't match the bytes received so far: the file must be requested from the beginning.
  private func restart() throws(Failure) -> HTTPError {
    try part.discard()
    return error("can't continue the file", isTransient: true)
  }

  /// Whether a 206 belongs to the version of the file that the bytes so far are from: it must repeat the ETag. If the
  /// condition was a modification time, which a checksum must back, it may omit it.
  private func isSameVersion(_ response: HTTPResponse) -> Bool {
    if part.validator?.hasPrefix("\"") == true { return response.strongTag == part.validator }
    if let time = response.lastModified, part.validator != nil { return time == part.validator }
    return true
  }

  private var isCompressedByName: Bool {
    let name = address.prefix { $0 != "?" && $0 != "#" }.lowercased()
    return [".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip"].contains { name.hasSuffix($0) }
  }

  private func rejection(of response: HTTPResponse) -> HTTPError {
    let isTransient = HTTPError.isTransient(status: response.status)
    let remedy = isTransient ? "try again later" : "check the URL, or \(HTTPRemedies.ofDownloads.elsewhere)"
    let failure = Failure(
      .unavailable, "the server responded with HTTP status \(response.status)", at: address, remedy: remedy)
    return HTTPError(failure, isTransient: isTransient)
  }

  private var endless: HTTPError {
    HTTPError(
      Failure(
        .unavailable,
        "the server stated no length and has sent more than \(mostUnannounced >> 20) MiB", at: address,
        remedy: "if the file is that large, raise --max-size"),
      isTransient: false)
  }

  private func error(_ problem: String, isTransient: Bool) -> HTTPError {
    let remedy = isTransient ? "try again" : HTTPRemedies.ofDownloads.elsewhere
    return HTTPError(
      Failure(.unavailable, "the server \(problem)", at: address, remedy: remedy),
      isTransient: isTransient)
  }
}

extension HTTPRemedies {
  /// Advice that holds for a URL on the command line, and for a data set of the catalog, which needs the option.
  static let ofDownloads = HTTPRemedies(
    elsewhere: "use another URL or a local file; if a data set was named, with --url",
    resume: "run the command again to resume", withoutLibrary: "use local files")
}
