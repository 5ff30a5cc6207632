// Runs that could not be written are stored as JSON files in a folder next to the database; the next writer imports
// them. A spool file is created atomically, by renaming, and removed after the transaction that contains its run.

import Failures
import Foundation
import GRDB

/// The spool of one registry.
struct RunSpool: Sendable {
  private let folder: String
  private let prefix: String

  /// The maximum number of files imported at a time, so that a short stage never waits long for other stages' runs.
  private static let batch = 64

  init(_ location: RegistryLocation) {
    folder = location.spoolFolder
    prefix = location.fileName + "."
  }

  /// The file of a run.
  func path(of run: String) -> String { (folder as NSString).appendingPathComponent("\(prefix)\(run).json") }

  /// Writes or replaces the run's file.
  func keep(_ record: RunRecord) throws {
    let bytes = try Self.encoder.encode(record)
    let path = path(of: record.start.id)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Removes the run's file, if there is one.
  func remove(_ run: String) { unlink(path(of: run)) }

  /// Writes waiting runs to the database and removes their files.
  /// - Returns: a line for each file that could not be read, which is renamed.
  func importRuns(_ database: RegistryDatabase) throws -> [String] {
    let files = try waiting()
    guard !files.isEmpty else { return [] }
    var warnings: [String] = []
    let records = files.prefix(Self.batch).compactMap { read($0, warnings: &warnings) }
    try database.write { db in
      for (_, record) in records { try record.write(to: db) }
    }
    for (path, _) in records { unlink(path) }
    return warnings
  }

  /// The paths of the waiting files, in order of the runs' start.
  private func waiting() throws -> [String] {
    guard access(folder, F_OK) == 0 else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }
      .sorted()
      .map { (folder as NSString).appendingPathComponent($0) }
  }

  /// Nil for a file that another process has just imported, that has a newer format, or that is damaged.
  private func read(_ path: String, warnings: inout [String]) -> (String, RunRecord)? {
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    do {
      guard try Self.decoder.decode(Format.self, from: bytes).format <= RunRecord.currentFormat else {
        return nil
      }
      return (path, try Self.decoder.decode(RunRecord.self, from: bytes))
    } catch {
      rename(path, path + ".damaged")
      warnings.append("\(path): the run stored here can't be read (renamed to .damaged)")
      return nil
    }
  }

  private struct Format: Decodable { let format: Int }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy =
      .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy =
      .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
