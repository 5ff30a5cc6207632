// How rnn-serve joins requests.

import ArgumentParser
import Serving

/// The batches of a service.
struct BatchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most rows that are computed at once.", valueName: "rows"))
  var maxBatch = BatchSettings().rows

  @Option(
    help: ArgumentHelp(
      "How long a batch waits for more rows, such as 2ms (default: not at all).", valueName: "time"),
    completion: .list(["1ms", "2ms", "5ms"]))
  var batchDelay: TimeArgument?

  func validate() throws {
    guard (1...65_536).contains(maxBatch) else {
      throw ValidationError("--max-batch \(maxBatch) is not between 1 and 65536")
    }
    if let batchDelay, batchDelay.duration > .seconds(60) {
      throw ValidationError("--batch-delay must be at most 60s")
    }
  }

  /// The settings.
  func settings(_ limits: LimitOptions) -> BatchSettings {
    var settings = BatchSettings()
    settings.rows = maxBatch
    settings.delay = batchDelay?.duration ?? .zero
    settings.longestWait = limits.time
    settings.mostValues = max(settings.mostValues, limits.bodyBytes)
    settings.mostWaiting = max(settings.mostWaiting, 4 * maxBatch)
    return settings
  }
}
