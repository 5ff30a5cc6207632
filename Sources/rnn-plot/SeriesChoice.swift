// Which of several series a picture shows: the one that the user names, else the first.

import Failures
import Spelling
import Tensor
import TensorFile

/// Keeps the rows of one series in the chunks of a stream.
struct SeriesChoice {
  /// The name of the series; nil before the first row, and for streams without names.
  private(set) var name: String?
  private let isChosen: Bool
  private var names: [String] = []
  private var known: Set<String> = []
  private var last: String?
  private var found = false

  /// - Parameter name: the name that the user gave.
  /// - Throws: `Failure` (usage) if a name was given, but rows have none.
  init(_ name: String?, _ schema: [String: ColumnSchema]) throws {
    (self.name, isChosen) = (name, name != nil)
    guard name == nil || schema["id"]?.isRagged == true else {
      throw Failure.usage("the rows have no names of series", at: "--series", remedy: "omit it")
    }
  }

  /// The rows of the series; the chunk itself if rows have no names.
  mutating func rows(_ chunk: Chunk) -> Chunk {
    guard let ids = chunk.columns["id"]?.ragged, let bytes = ids.values.values(as: UInt8.self) else {
      return chunk
    }
    let offsets = ids.offsets
    var own: [Int] = []
    for row in 0..<chunk.rows {
      let id = String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
      if id != last, known.insert(id).inserted { names.append(id) }
      last = id
      if name == nil { name = id }
      if id == name { own.append(row) }
    }
    found = found || !own.isEmpty
    return own.count == chunk.rows ? chunk : chunk.gather(own)
  }

  /// What the user should know: which series is shown, if there are others and none was named.
  var note: String? {
    guard !isChosen, names.count > 1, let name else { return nil }
    return "showing series \(name), the first of \(names.count) (choose with --series)"
  }

  /// Throws `Failure` (usage) if no row belongs to the series that the user named.
  func check() throws {
    guard isChosen, !found, let name else { return }
    throw Failure.usage(
      "there is no series \(name)", at: "--series",
      remedy: suggestion(for: name, among: names, listedAs: "the series are"))
  }
}
