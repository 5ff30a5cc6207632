// Fetching: a file at an address becomes a verified file here, whatever happens on the way.

import Failures
import Glibc
import OperatingSystem

/// A file here that was verified, or whose checksum is now known.
public struct FetchedFile: Sendable, Equatable {
  /// Where it lies.
  public let path: String
  /// Its SHA-256.
  public let sha256: String
  /// Its size.
  public let byteCount: Int
}

/// A download into the cache. A connection that breaks is taken up again where it broke; a file appears under
/// its final name only after its checksum was right.
public struct Fetch {
  /// After how many seconds without data the server counts as gone.
  public var stallSeconds = 30
  /// How many tries in a row may fail without bringing anything new.
  public var tries = 5
  /// Seconds before the second try; each further pause is twice as long.
  public var firstPause = 0.5
  /// Whether a file that is in the cache is fetched again.
  public var refreshes = false
  /// Takes the bytes that are here, and the total where it is known.
  public var progress: (Int, Int?) -> Void = { _, _ in }
  /// Takes lines for the user.
  public var note: (String) -> Void = { _ in }

  private let cache: Cache

  /// Fetches into `cache`, with the pauses and tries that the properties say.
  public init(cache: Cache) { self.cache = cache }

  /// The file at `location`: read in place where it is a file here, else from the cache, else fetched.
  /// - Parameters:
  ///   - checksum: what the file must have, where that is known.
  ///   - size: how long it must be, where that is known.
  /// - Throws: `Failure`: `noInput` for a missing file, `data` for a wrong checksum, `unavailable` where the
  ///   server doesn't deliver, `cantCreate` and `io` where the cache can't be written.
  public func file(at location: Location, checksum: Checksum?, size: Int? = nil) throws -> FetchedFile {
    switch location {
    case .file(let path): try localFile(path, checksum)
    case .web(let address):
      try cachedFile(Wanted(address: address, name: location.name, checksum: checksum, size: size))
    }
  }

  private struct Wanted {
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

  private func cachedFile(_ wanted: Wanted) throws -> FetchedFile {
    try cache.prepare()
    let path = try cache.path(for: wanted.address, name: wanted.name)
    let lock = try FileLock(path + ".lock") { note("waiting for another process that fetches the same file") }
    return try withExtendedLifetime(lock) {
      if !refreshes, let file = try presentFile(path, wanted) { return file }
      return try fetch(wanted, to: path)
    }
  }

  /// The file in the cache, if it is what was published, or else what was recorded when it came.
  private func presentFile(_ path: String, _ wanted: Wanted) throws -> FetchedFile? {
    guard access(path, F_OK) == 0 else { return nil }
    let recorded = recordedSum(path)
    let digests = try Digests(path: path, also: wanted.checksum?.algorithm ?? .sha256)
    guard wanted.checksum != nil || recorded != nil, digests.match(wanted.checksum ?? recorded) else {
      note("the copy in the cache is not the file wanted; it is fetched again (\(path))")
      return nil
    }
    return FetchedFile(path: path, sha256: digests.sha256, byteCount: digests.byteCount)
  }
}

// MARK: - Fetching

extension Fetch {
  private func fetch(_ wanted: Wanted, to path: String) throws -> FetchedFile {
    let part = try PartialFile(path + ".part")
    if refreshes { try part.discard() }
    try receive(wanted, into: part)
    var digests = try Digests(path: path + ".part", also: wanted.checksum?.algorithm ?? .sha256)
    if part.isPieced, !digests.match(wanted.checksum) {
      // The pieces may be of different files, whatever the server says: once more, in one go if possible.
      try part.discard()
      try receive(wanted, into: part)
      digests = try Digests(path: path + ".part", also: wanted.checksum?.algorithm ?? .sha256)
    }
    guard digests.match(wanted.checksum) else { throw mismatch(digests, wanted.checksum, at: wanted.address) }
    try publishPart(part, as: path, digests)
    return FetchedFile(path: path, sha256: digests.sha256, byteCount: digests.byteCount)
  }

  /// Tries until the file is complete, or until nothing new comes any more.
  private func receive(_ wanted: Wanted, into part: PartialFile) throws {
    var failed = 0
    while !part.isComplete {
      let before = part.size
      do {
        try exchange(wanted, into: part)
      } catch is Reception.StartAnew {
        try part.discard()
      } catch let error as ExchangeError {
        failed = part.size >= before + minimumGain ? 0 : failed + 1
        guard error.isTransient, failed < tries else { throw error.failure }
        note("\(error.failure.problem); trying again")
        pause(failed)
      }
    }
  }

  private func exchange(_ wanted: Wanted, into part: PartialFile) throws {
    let reception = Reception(
      part, address: wanted.address, expectedSize: wanted.size, progress: progress)
    let exchange = Exchange(
      wanted.address, lines: reception.requestLines, stallSeconds: stallSeconds,
      onHead: { try reception.take($0) }, onBody: { try reception.take($0) })
    try exchange.perform()
    try reception.finish()
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

  /// What the file in the cache had when it came, in the form that `sha256sum -c` takes.
  private func recordedSum(_ path: String) -> Checksum? {
    guard let text = OpenFile.smallText(at: path + ".sha256") else { return nil }
    return try? Checksum(.sha256, String(text.prefix(64)))
  }

  private func mismatch(_ digests: Digests, _ checksum: Checksum?, at place: String) -> Failure {
    let algorithm = checksum?.algorithm ?? .sha256
    let found = digests.value(for: algorithm) ?? digests.sha256
    return .data(
      "has the \(algorithm.rawValue) \(found), not \(checksum?.hex ?? "")", at: place,
      remedy: "damaged or another version; --sha256 says which file is meant")
  }
}

/// A try that brings this many bytes counts as a success on the way.
private let minimumGain = 1 << 16
