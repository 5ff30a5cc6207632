// How much of rnn-serve a client may use.

import ArgumentParser
import Stage
import WebServer

/// The limits of a service.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The largest body of a request, such as 8M (default: 1M).", valueName: "size"),
    completion: .list(["1M", "8M", "64M"]))
  var maxBody: MemorySize?

  @Option(
    help: ArgumentHelp(
      "The time in which a request must arrive, its rows be computed, and open requests finish after Ctrl-C (default: 10s).",
      valueName: "time"),
    completion: .list(["2s", "10s", "1m"]))
  var timeout: TimeArgument?

  @Option(help: ArgumentHelp("The most connections at once.", valueName: "n"))
  var maxConnections = 256

  func validate() throws {
    guard (1...65_536).contains(maxConnections) else {
      throw ValidationError("--max-connections \(maxConnections) is not between 1 and 65536")
    }
    guard bodyBytes <= 1 << 30 else { throw ValidationError("--max-body must be at most 1G") }
    guard time >= .milliseconds(100), time <= .seconds(3600) else {
      throw ValidationError("--timeout must be between 100ms and 1h")
    }
  }

  /// The most bytes of a request's body.
  var bodyBytes: Int { maxBody?.bytes ?? 1 << 20 }
  /// The time that `--timeout` limits.
  var time: Duration { timeout?.duration ?? .seconds(10) }

  /// The limits of the server. Clients keep connections for a minute.
  var ofServer: ServerLimits {
    var limits = ServerLimits()
    limits.connections = maxConnections
    limits.requestTime = time
    limits.graceTime = time
    limits.idleTime = .seconds(60)
    limits.requests = .max
    return limits
  }
}
