// The folder of a sweep: its settings, its journal, and a folder for each trial with its log and its files.

import Failures
import Foundation
import JSON
import OperatingSystem
import Stage
import Sweeps

/// A sweep's folder.
struct SweepFolder {
  /// Its path as the user gave it, for messages.
  let name: String
  /// Its absolute path.
  let path: String

  private var settingsFile: String { path + "/sweep.json" }
  /// The journal's path.
  var journal: String { path + "/journal.jsonl" }

  /// Creates the folder of a new sweep.
  /// - Throws: `Failure` (cantCreate) if there is something in its place.
  init(creating name: String, _ settings: SweepSettings, _ run: StageRun) throws {
    (self.name, path) = (name, absolutePath(name))
    let contents = try? FileManager.default.contentsOfDirectory(atPath: path)
    guard contents?.isEmpty ?? !FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .cantCreate, "exists already", at: name,
        remedy: FileManager.default.fileExists(atPath: settingsFile)
          ? "go on with rnn-sweep --resume \(name), or name another folder with --folder"
          : "name another folder with --folder")
    }
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw Failure(.cantCreate, "the folder can't be created", at: name)
    }
    try run.replaceFile(settingsFile, with: Array((settings.json.text + "\n").utf8))
  }

  /// The folder of a sweep that was begun.
  /// - Throws: `Failure` (noInput) if there is none.
  init(resuming name: String) throws {
    (self.name, path) = (name, absolutePath(name))
    guard FileManager.default.fileExists(atPath: settingsFile) else {
      throw Failure(.noInput, "is no folder of a sweep: there is no sweep.json in it", at: name)
    }
  }

  /// The settings that were stored.
  func settings() throws -> SweepSettings {
    do {
      let file = try OpenFile(reading: settingsFile)
      var (bytes, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
      while case let count = try file.read(into: &block), count > 0 { bytes += block[..<count] }
      return try SweepSettings(JSONValue(parsing: bytes))
    } catch let failure as Failure {
      throw Failure(
        failure.kind == .usage ? .data : failure.kind, failure.problem, at: name + "/sweep.json",
        remedy: failure.remedy)
    }
  }

  /// The folder of a trial.
  func trial(_ number: Int) -> TrialFolder {
    TrialFolder(name: "\(name)/trial-\(number)", path: "\(path)/trial-\(number)")
  }
}

/// The folder of a trial.
struct TrialFolder {
  /// Its path for messages.
  let name: String
  /// Its absolute path, the value of `{dir}`.
  let path: String

  /// What the trial's processes print.
  var log: String { path + "/log" }
  /// The file that the trial's processes keep locked, with the number of their group.
  var lock: String { path + "/.lock" }

  /// Whether the trial was begun.
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Creates the folder, if it is missing.
  func create() throws {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw Failure(.cantCreate, "the trial's folder can't be created", at: name)
    }
  }

  /// Removes what an earlier run of the trial has left.
  func remove() throws {
    guard exists else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw Failure(.io, "what the failed trial has left can't be removed", at: name)
    }
  }

  /// The last line that the trial has printed; nil if there is none.
  /// - Parameter start: the length of the log when the run began.
  func lastLine(since start: Int) -> String? {
    guard let file = FileHandle(forReadingAtPath: log), let end = try? file.seekToEnd() else { return nil }
    let length = UInt64(Self.tail)
    try? file.seek(toOffset: max(UInt64(max(0, start)), end > length ? end - length : 0))
    let bytes = (try? file.readToEnd()) ?? Data()
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last { !$0.allSatisfy(\.isWhitespace) }.map { String($0.prefix(500)) }
  }

  /// The bytes at the end of a log in which the last line is looked for.
  private static let tail = 8192
}
