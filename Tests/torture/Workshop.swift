// A folder in which an experiment prepares its samples and makes its attempts.

import CommandRunning
import Foundation

/// Runs shell lines with the built commands.
final class Workshop {
  private let runner: CommandRunner
  /// The folder of the samples.
  var folder: URL { runner.folder }

  init() throws { runner = try CommandRunner() }

  /// Prepares samples; the line must succeed.
  func make(_ line: String) throws {
    let result = try runner.run("set -eo pipefail\nexport RNN_REGISTRY=samples.db\n\(line)", timeout: 300)
    guard result.exit == 0 else { throw Harm("the samples can't be made: \(result.stderr)") }
  }

  /// Runs a line in an empty folder, which is removed afterwards; `$S` is the folder of the samples.
  /// - Parameter finish: a line that is run afterwards in the same folder, whose output is returned.
  func attempt(_ line: String, timeout: Int = 60) throws -> CommandResult {
    let result = try runner.run(
      """
      export S="$PWD" LC_ALL=C; A=$(mktemp -d "$PWD/attempt-XXXXXX"); trap 'chmod -R u+w "$A"; rm -rf "$A"' EXIT
      cd "$A"
      \(line)
      """, timeout: timeout)
    guard result.exit != 124 else { throw Harm("takes more than \(timeout) s") }
    return result
  }

  /// A sample's contents.
  func sample(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// Writes a sample.
  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: folder.appending(path: name))
  }
}

extension CommandResult {
  /// The lines of standard output.
  var lines: [String] { stdout.split(separator: "\n").map(String.init) }

  /// Throws `Harm` that shows the result unless `holds`.
  func expect(_ holds: Bool, _ what: String) throws {
    if !holds {
      throw Harm(
        "\(what): exit \(exit), \(stdout.prefix(300).debugDescription), \(stderr.suffix(600).debugDescription)"
      )
    }
  }

  /// Throws `Harm` if a message shows that a command ended by a trap or an error of its own.
  func expectNoTrap() throws {
    let isTrap = ["Fatal error", "Backtrace", "Crash:", "core dumped", "please report"].contains {
      stderr.contains($0)
    }
    try expect(!isTrap, "a trap")
  }
}
