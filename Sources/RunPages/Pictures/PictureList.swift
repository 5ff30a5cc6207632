// The pictures of the runs on a page: which there are, and why some are not shown.

import JSON
import Registry

/// Pictures in the order of the runs.
struct PictureList {
  /// An entry.
  private struct Entry {
    let run: Int
    let position: Int
    let path: String
    let hash: String
    let kind: String
  }

  private var entries: [Entry] = []

  /// Adds the outputs of the run in row `run` that are pictures.
  mutating func add(_ outputs: [(position: Int, output: RunOutput)], of run: Int) {
    for (position, output) in outputs where RecordedPicture.isPossible(output.artifact.kind) {
      guard let path = output.path, let hash = output.artifact.hash else { continue }
      entries.append(
        Entry(run: run, position: position, path: path, hash: hash, kind: output.artifact.kind ?? ""))
    }
  }

  /// One object for each picture, without its content: a server sends that when it is asked for.
  var json: JSONValue { .array(entries.map { .object(Self.members($0)) }) }

  /// The same, with the number of the element that has the content, or the reason why there is none.
  /// - Parameters:
  ///   - limits: how much is read.
  ///   - use: takes the content of each picture that is shown.
  func embedded(_ limits: PageLimits, _ use: (RecordedPicture) throws -> Void) rethrows -> JSONValue {
    var (number, rest) = (0, limits.pictures)
    return .array(
      try entries.map { entry in
        var members = Self.members(entry)
        do {
          let picture = try RecordedPicture(path: entry.path, hash: entry.hash, limit: limits.picture)
          guard picture.bytes.count <= rest else {
            members["problem"] = "full"
            return .object(members)
          }
          rest -= picture.bytes.count
          members["element"] = .integer(Int64(number))
          members["type"] = .string(picture.kind.type)
          number += 1
          try use(picture)
        } catch let problem as RecordedPicture.Problem {
          members["problem"] = .string(problem.rawValue)
        }
        return .object(members)
      })
  }

  private static func members(_ entry: Entry) -> [String: JSONValue] {
    [
      "run": .integer(Int64(entry.run)), "position": .integer(Int64(entry.position)),
      "path": .string(entry.path), "kind": .string(entry.kind),
    ]
  }
}
