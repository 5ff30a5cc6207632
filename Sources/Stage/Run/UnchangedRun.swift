// --skip-unchanged: what a run would do has been done before, from the same data by the same version, and its outputs are
// still there. Then the stage does nothing.
//
// The earlier run is found by its command line; what it read and wrote is compared by hash. A standard input that is a pipe
// is stored in a temporary file first, from which the stage reads if it has to be run after all.

import Failures
import JSON
import OperatingSystem
import Registry
import SystemPackage
import TensorFile

/// A run that would be repeated.
struct UnchangedRun {
  private let run: Run
  private let outputs: [String]

  /// - Parameter arguments: those of the stage, without its name.
  /// - Returns: nil if the stage has to be run: also if the registry can't be read, of which the run itself warns.
  /// - Throws: `Failure` if standard input can't be stored.
  init?(of stage: String, _ arguments: [String], _ options: StageOptions, cpuTarget: String) throws {
    let wanted = CommandLineKey([stage] + arguments)
    guard let registry = try? Registry(registryLocation(options.registry)), let folder = workingDirectory(),
      let run = try? registry.lastRun(
        of: stage, in: folder, version: rnnpipeVersion, cpuTarget: cpuTarget,
        where: { CommandLineKey($0) == wanted }),
      let details = try? registry.details(of: run.id)
    else { return nil }
    let outputs = details.outputs.compactMap(\.path)
    guard !outputs.isEmpty, outputs.count == details.outputs.count,
      details.outputs.allSatisfy({ Self.isUnchanged($0.path, $0.artifact.hash) }),
      try details.inputs.allSatisfy({
        try $0.path == nil
          ? Self.isStandardInput($0.artifact.hash) : Self.isUnchanged($0.path, $0.artifact.hash)
      })
    else { return nil }
    (self.run, self.outputs) = (run, outputs)
  }

  /// Whether a regular file has the data that was recorded. One that can't be read has not.
  private static func isUnchanged(_ path: String?, _ hash: String?) -> Bool {
    guard let path, let hash, !isPipeOrDevice(path) else { return false }
    return (try? DataIdentity(reading: path).matches(hash)) ?? false
  }

  /// Whether standard input has the data that was recorded; afterwards it can be read from its beginning.
  private static func isStandardInput(_ hash: String?) throws -> Bool {
    guard let hash, StandardStreams.isOpen(.standardInput, for: .readOnly),
      !FileDescriptor.standardInput.isTerminal
    else { return false }
    if (try? FileDescriptor.standardInput.seek(offset: 0, from: .current)) == nil { try storeStandardInput() }
    let start = try FileDescriptor.standardInput.seek(offset: 0, from: .current)
    let isSame = (try? DataIdentity(reading: nil).matches(hash)) ?? false
    try FileDescriptor.standardInput.seek(offset: start, from: .start)
    return isSame
  }

  /// Replaces standard input by a temporary file with all that comes from it.
  private static func storeStandardInput() throws {
    let file = try TemporaryFile()
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try block.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) }
      if count == 0 { break }
      try file.append(count == block.count ? block : Array(block[..<count]))
    }
    try file.rewind()
    _ = try file.descriptor.duplicate(as: .standardInput)
  }

  /// Says that nothing is done.
  func report(_ stage: String, _ options: StageOptions) {
    let files = outputs.joined(separator: ", ")
    if options.json {
      let line: JSONValue = [
        "skipped": true, "run_id": .string(run.id), "outputs": .array(outputs.map(JSONValue.string)),
      ]
      Terminal.printLine(printable(line.text))
    } else if !options.quiet {
      let isOne = outputs.count == 1
      Terminal.printLine(
        printable(
          "\(stage): unchanged since the run \(run.shortID): \(files) \(isOne ? "is" : "are") as it left \(isOne ? "it" : "them")"
        ))
    }
  }
}

/// A command line without the options that change nothing of what is written.
private struct CommandLineKey: Equatable {
  private let words: [String]

  private static let flags: Set = ["--skip-unchanged", "--quiet", "-q", "--json"]
  private static let options: Set = ["--registry", "--threads", "--memory"]

  init(_ argv: [String]) {
    var (kept, skipsNext) = ([String](), false)
    for word in argv {
      if skipsNext {
        skipsNext = false
      } else if Self.options.contains(word) {
        skipsNext = true
      } else if !Self.flags.contains(word), !Self.options.contains(where: { word.hasPrefix($0 + "=") }) {
        kept.append(word)
      }
    }
    words = kept
  }
}
