// How much memory the rows may take: the option, and what the process may use.

import ArgumentParser
import OperatingSystem
import Stage

/// `--memory`.
struct MemoryOptions: ParsableArguments {
  @Option(
    name: .customLong("memory"),
    help: ArgumentHelp(
      """
      How much memory the rows may take while they are read, such as 500M or 8G (default: three quarters of what the \
      process may use). Data of more than a third of it are kept in a temporary file, in $TMPDIR; the model is the same.
      """, valueName: "size"))
  var size: MemorySize?

  /// The limit in bytes.
  var bytes: Int { size?.bytes ?? AvailableMemory.bytes.map { $0 / 4 * 3 } ?? .max }
}
