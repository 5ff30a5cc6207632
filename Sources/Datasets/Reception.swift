// What is done with a server's answer: which parts of it are believed, and where its bytes go.

import Failures

/// Takes one response into a partial file.
final class Reception {
  /// The answer does not fit the bytes that are here: the file is to be fetched anew.
  struct StartAnew: Error {}

  private let part: PartialFile
  private let address: String
  private let expectedSize: Int?
  private let offset: Int
  private let progress: (Int, Int?) -> Void
  private var end: Int?

  /// - Parameters:
  ///   - expectedSize: how long the file must be, where that was published.
  ///   - progress: takes the bytes that are here and the total, where known.
  init(_ part: PartialFile, address: String, expectedSize: Int?, progress: @escaping (Int, Int?) -> Void) {
    self.part = part
    self.address = address
    self.expectedSize = expectedSize
    self.progress = progress
    offset = part.isResumable ? part.size : 0
  }

  /// The header lines of the request: for the whole file, or for the rest if the file is still the same.
  var requestLines: [String] {
    let whole = ["Accept-Encoding: identity"]
    guard offset > 0, let validator = part.validator else { return whole }
    return whole + ["Range: bytes=\(offset)-", "If-Range: \(validator)"]
  }

  /// Decides by the head whether bytes go behind those that are here, replace them, or are refused.
  func take(_ head: ResponseHead) throws {
    switch head.status {
    case 200: try beginWhole(head)
    case 206 where offset > 0: try beginRest(head)
    case 416 where offset > 0: throw StartAnew()
    default: throw refusal(of: head)
    }
    progress(part.size, part.total)
  }

  /// Appends a piece of the body.
  func take(_ bytes: UnsafeRawBufferPointer) throws {
    guard part.size + bytes.count <= end ?? .max else {
      try part.discard()
      throw error("sends more bytes than the file has", isTransient: true)
    }
    try part.append(bytes)
    progress(part.size, part.total)
  }

  /// Holds the end of the body against what was announced.
  func finish() throws {
    if part.total == nil { part.complete() }
    guard part.isComplete else { throw error("ended before the file did", isTransient: true) }
  }

  private func beginWhole(_ head: ResponseHead) throws {
    // Some servers call a .gz file coded where it is the file itself; then the name says so.
    if let coding = head.contentCoding, !isCompressedByName {
      throw error("sends the file coded as '\(coding)', which was not asked for", isTransient: false)
    }
    let total = head.contentLength ?? expectedSize
    if let expectedSize, let total, total != expectedSize {
      throw error("has a file of \(total) bytes, not of the \(expectedSize) published", isTransient: false)
    }
    try part.begin(validator: head.validator, total: total)
    end = total
  }

  private func beginRest(_ head: ResponseHead) throws {
    guard let range = head["content-range"].flatMap({ ContentRange($0) }), head.contentCoding == nil,
      range.first == offset, range.total == part.total, isSameState(head)
    else { throw StartAnew() }
    end = range.last + 1
    part.goOn()
  }

  /// Whether a 206 is of the file that the bytes here are from. One without an ETag is believed where a time
  /// of modification was the condition.
  private func isSameState(_ head: ResponseHead) -> Bool {
    if let tag = head["etag"], part.validator?.hasPrefix("\"") == true { return tag == part.validator }
    if let time = head["last-modified"], part.validator?.hasPrefix("\"") == false {
      return time == part.validator
    }
    return true
  }

  private var isCompressedByName: Bool {
    let name = address.prefix { $0 != "?" && $0 != "#" }.lowercased()
    return [".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip"].contains { name.hasSuffix($0) }
  }

  private func refusal(of head: ResponseHead) -> ExchangeError {
    let isTransient = head.status >= 500 || [408, 425, 429].contains(head.status)
    let remedy = isTransient ? "try again later" : "check the address, or give another with --url"
    let failure = Failure(.unavailable, "the server answers \(head.statusText)", at: address, remedy: remedy)
    return ExchangeError(failure: failure, isTransient: isTransient)
  }

  private func error(_ problem: String, isTransient: Bool) -> ExchangeError {
    let remedy = isTransient ? "try again" : "give another address, or a file, with --url"
    return ExchangeError(
      failure: Failure(.unavailable, "the server \(problem)", at: address, remedy: remedy),
      isTransient: isTransient)
  }
}
