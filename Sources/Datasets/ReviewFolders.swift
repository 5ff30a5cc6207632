// Texts in folders named after their part and class, as in `aclImdb/train/pos/0_9.txt`, read from an archive. In the
// archive they are sorted by class, which is bad for training in that order, so they are returned in a pseudo-random
// order: that of a hash of each text's path, which doesn't depend on how the archive was packed. For sorting, all
// texts are kept in memory: 33 MB for each half of the movie reviews.

import Archives
import Failures
import Hashing

/// One text of a part, with its class.
public struct Review: Sendable, Equatable {
  /// The bytes of the file, usually UTF-8.
  public let text: [UInt8]
  /// The index of its class.
  public let label: Int
  /// The part: 0 train, 1 validation, 2 test.
  public let part: UInt8
}

/// The texts of an archive, with their classes and parts.
public struct ReviewFolders: Sendable {
  /// The names of the classes in id order.
  public private(set) var classes: [String]
  /// The texts in their pseudo-random order.
  public private(set) var reviews: [Review] = []

  /// The maximum size of a text in bytes.
  private static let longestText = 1 << 24
  /// The maximum size of all texts in bytes.
  private static let allTexts = 1 << 31

  /// Reads the archive at `path`.
  /// - Parameters:
  ///   - part: the part to read; nil for all.
  ///   - classes: the class folders in id order; nil for all except `unsup`, sorted by name.
  ///   - progress: receives the number of texts read so far.
  /// - Throws: `Failure.data` if the archive is damaged, a text occurs twice, or there are none.
  public init(
    archive path: String, part: UInt8? = nil, classes: [String]? = nil, progress: (Int) -> Void = { _ in }
  ) throws(Failure) {
    let found = try ReviewFolders.read(path, part: part, classes: classes, progress)
    if found.isEmpty { throw ReviewFolders.nothingFound(path, part) }
    let names = classes ?? Set(found.map(\.place.folder)).sorted()
    let ids = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    self.classes = names
    for (before, next) in zip(found, found.dropFirst()) where before.place.key == next.place.key {
      throw .data("holds '\(next.place.key)' twice", at: path)
    }
    reviews = found.map { Review(text: $0.text, label: ids[$0.place.folder] ?? 0, part: $0.place.part) }
  }

  private struct Found {
    let place: ReviewPlace
    let order: UInt64
    let text: [UInt8]
  }

  /// The texts of the part in their final order.
  private static func read(
    _ path: String, part: UInt8?, classes: [String]?, _ progress: (Int) -> Void
  ) throws(Failure) -> [Found] {
    let archive = try ArchiveReader(path: path)
    var found: [Found] = []
    var byteCount = 0
    while let member = try archive.next() {
      guard let place = ReviewPlace(member.path), part == nil || part == place.part else { continue }
      guard classes?.contains(place.folder) ?? (place.folder != "unsup") else { continue }
      let text = try archive.readAll(limit: longestText)
      byteCount += text.count
      if byteCount > allTexts { throw .data("contains more than 2 GiB of texts", at: path) }
      found.append(Found(place: place, order: try place.order(), text: text))
      progress(found.count)
    }
    return found.sorted { ($0.order, $0.place.key) < ($1.order, $1.place.key) }
  }

  private static func nothingFound(_ path: String, _ part: UInt8?) -> Failure {
    let folder = part.map { partNames[Int($0)] } ?? "train"
    return .data(
      "contains no texts in folders such as \(folder)/pos/0_9.txt", at: path,
      remedy: "check that this is the right archive and has this part")
  }
}

/// The names of the parts, by their numbers in the column `split`.
public let partNames = ["train", "validation", "test"]

/// The part, class and file of a text: the last three components of its path.
struct ReviewPlace: Equatable {
  let part: UInt8
  let folder: String
  let file: String

  /// Nil if the path does not have this form, or the file is hidden or not text.
  init?(_ path: String) {
    let parts = path.split(separator: "/")
    guard parts.count >= 3, let file = parts.last, file.hasSuffix(".txt"), !file.hasPrefix(".") else {
      return nil
    }
    guard let part = partNames.firstIndex(of: String(parts[parts.count - 3])) else { return nil }
    self.part = UInt8(part)
    folder = String(parts[parts.count - 2])
    self.file = String(file)
  }

  /// The path within the data set's folder.
  var key: String { "\(partNames[Int(part)])/\(folder)/\(file)" }

  /// The first 64 bits of the key's SHA-256.
  func order() throws(Failure) -> UInt64 {
    try MessageDigest.of(Array(key.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
