// Downloading a file from a URL to a verified local file, despite interruptions.

import Failures
import Glibc
import HTTP
import OperatingSystem

/// A local file that has been verified, or whose checksum has been computed.
public struct FetchedFile: Sendable, Equatable {
  /// Its path.
  public let path: String
  /// Its SHA-256.
  public let sha256: String
  /// Its size.
  public let byteCount: Int
}

/// A download into the cache. An interrupted download resumes where it stopped; a file gets its final name only after
/// its checksum has been verified.
public struct Fetch {
  /// The number of seconds without data after which a request fails.
  public var stallSeconds = 30
  /// The number of consecutive attempts that may fail without progress.
  public var attempts = 5
  /// Seconds before the second attempt; each further pause is twice as long as the one before.
  public var firstPause = 0.5
  /// Whether a cached file is downloaded again.
  public var refreshes = false
  /// The maximum size of a file whose length is not known beforehand.
  public var mostUnannouncedBytes = 4 << 30
  /// Receives the number of bytes so far, and the total if known.
  public var progress: (Int, Int?) -> Void = { _, _ in }
  /// Receives messages for the user.
  public var note: (String) -> Void = { _ in }
  /// Receives warnings, which the user should see in any case.
  public var warn: (String) -> Void = { _ in }

  private let cache: Cache

  /// Downloads to `cache`, with default pauses and attempts.
  public init(cache: Cache) { self.cache = cache }

  /// The file at `location`: a local file itself, otherwise the cached file, which is downloaded if necessary.
  /// - Parameters:
  ///   - checksum: the file's expected checksum, if known.
  ///   - size: the file's expected size, if known.
  /// - Throws: `Failure`: `noInput` for a missing file, `data` for a wrong checksum, `unavailable` if the
  ///   server doesn't provide it, `cantCreate` and `io` if the cache can't be written.
  public func file(at location: Location, checksum: Checksum?, size: Int? = nil) throws -> FetchedFile {
    switch location {
    case .file(let path): try localFile(path, checksum)
    case .web(let address):
      try cachedFile(RemoteFile(address: address, name: location.name, checksum: checksum, size: size))
    }
  }

  private struct RemoteFile {
    let address: String
    let name: String
    let checksum: Checksum?
    let size: Int?
  }

  private func localFile(_ path: String, _ checksum: Checksum?) throws -> FetchedFile {
    let digests = try Digests(path: path, also: checksum?.algorithm ?? .sha256)
    guard digests.match(checksum) else { throw mismatch(digests, checksum, at: path) }
    return FetchedFile(path: path, sha256: digests.sha256, byteCount: digests.byteCount)
  }

  private func cachedFile(_ remote: RemoteFile) throws -> FetchedFile {
    try cache.prepare()
    let path = try cache.path(for: remote.address, name: remote.name)
    let lock = try FileLock(path + ".lock") {
      note("waiting for another process that is fetching the same file")
    }
    return try withExtendedLifetime(lock) {
      if !refreshes, let file = try cachedCopy(path, remote) { return file }
      return try fetch(remote, to: path)
    }
  }

  /// The cached file, if it has the published checksum, or without one, the checksum recorded when it was downloaded.
  private func cachedCopy(_ path: String, _ remote: RemoteFile) throws -> FetchedFile? {
    guard access(path, F_OK) == 0 else { return nil }
    let recorded = recordedSum(path)
    let digests = try Digests(path: path, also: remote.checksum?.algorithm ?? .sha256)
    guard remote.checksum != nil || recorded != nil, digests.match(remote.checksum ?? recorded) else {
      note("the copy in the cache has the wrong checksum; fetching it again (\(path))")
      return nil
    }
    if remote.checksum == nil, access(path + doubtSuffix, F_OK) == 0 { warnOfEnd(remote, digests.byteCount) }
    return FetchedFile(path: path, sha256: digests.sha256, byteCount: digests.byteCount)
  }
}

// MARK: - Fetching

extension Fetch {
  private func fetch(_ remote: RemoteFile, to path: String) throws -> FetchedFile {
    let part = try PartialFile(path + ".part", isVerified: remote.checksum != nil)
    if refreshes { try part.discard() }
    try receive(remote, into: part)
    var digests = try Digests(path: path + ".part", also: remote.checksum?.algorithm ?? .sha256)
    if part.isPieced, !digests.match(remote.checksum) {
      // The pieces may be from different files, in spite of the server's headers: try again, in one piece if
      // possible.
      try part.discard()
      try receive(remote, into: part)
      digests = try Digests(path: path + ".part", also: remote.checksum?.algorithm ?? .sha256)
    }
    guard digests.match(remote.checksum) else { throw mismatch(digests, remote.checksum, at: remote.address) }
    try publishPart(part, as: path, digests)
    try noteDoubt(remote.checksum == nil && !part.isProven, remote, path, digests.byteCount)
    return FetchedFile(path: path, sha256: digests.sha256, byteCount: digests.byteCount)
  }

  /// Repeats requests until the file is complete, or there is no more progress. Bytes that were received before, and
  /// discarded since, are no progress: a server could send them for ever.
  private func receive(_ remote: RemoteFile, into part: PartialFile) throws {
    var (failed, furthest) = (0, part.size)
    while !part.isComplete {
      do {
        try request(remote, into: part)
      } catch let error as HTTPError {
        failed = part.size >= furthest + minimumProgress ? 0 : failed + 1
        furthest = max(furthest, part.size)
        guard error.isTransient, failed < attempts else { throw error.failure }
        note("\(error.failure.problem); trying again")
        pause(failed)
      }
    }
  }

  private func request(_ remote: RemoteFile, into part: PartialFile) throws {
    let handler = ResponseHandler(
      part, address: remote.address, expectedSize: remote.size, mostUnannounced: mostUnannouncedBytes,
      progress: progress)
    let request = HTTPRequest(
      remote.address, headers: handler.requestHeaders, limits: HTTPLimits(stallSeconds: stallSeconds),
      remedies: .ofDownloads, onResponse: { try handler.take($0) }, onBody: { try handler.take($0) })
    try request.perform()
    try handler.finish()
  }

  private func pause(_ failed: Int) {
    let seconds = firstPause * Double(1 << min(max(failed - 1, 0), 6))
    usleep(UInt32(seconds * 1e6))
  }

  private func publishPart(_ part: PartialFile, as path: String, _ digests: Digests) throws {
    if let recorded = recordedSum(path), recorded.hex != digests.sha256 {
      note("the file has changed since it was last fetched: its sha256 was \(recorded.hex)")
    }
    try part.publish(as: path)
    let name = path.split(separator: "/").last ?? ""
    try replaceText(at: path + ".sha256", with: "\(digests.sha256)  \(name)\n")
  }

  /// Tells the user, now and whenever the file is read from the cache, that nothing proves that it is complete.
  private func noteDoubt(_ isDoubtful: Bool, _ remote: RemoteFile, _ path: String, _ count: Int) throws {
    guard isDoubtful else {
      unlink(path + doubtSuffix)
      return
    }
    try replaceText(
      at: path + doubtSuffix, with: "The server stated no length; the file may be incomplete.\n")
    warnOfEnd(remote, count)
  }

  private func warnOfEnd(_ remote: RemoteFile, _ count: Int) {
    warn(
      "\(remote.address): the server stated no length, so nothing proves that these \(count) bytes are the whole file "
        + "(give its checksum with --sha256)")
  }

  /// The checksum that the cached file had when it was downloaded, in the format of `sha256sum -c`.
  private func recordedSum(_ path: String) -> Checksum? {
    guard let text = OpenFile.smallText(at: path + ".sha256") else { return nil }
    return try? Checksum(.sha256, String(text.prefix(64)))
  }

  private func mismatch(_ digests: Digests, _ checksum: Checksum?, at place: String) -> Failure {
    let algorithm = checksum?.algorithm ?? .sha256
    let found = digests.value(for: algorithm) ?? digests.sha256
    return .data(
      "has the \(algorithm.rawValue) \(found), not \(checksum?.hex ?? "")", at: place,
      remedy: "fetch it again; if it is another version that you trust, give its checksum with --sha256")
  }
}

/// The ending of the file that marks a cached file as unproven.
private let doubtSuffix = ".unproven"

/// An attempt that receives this many bytes counts as progress.
private let minimumProgress = 1 << 16
