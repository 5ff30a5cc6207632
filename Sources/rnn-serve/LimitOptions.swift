// How much of rnn-serve a client may use.

import ArgumentParser
import Stage
import WebServer

/// The limits of a service.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The largest body of a request, such as 8M (default: 1M).", valueName: "size"),
    completion: .list(["1M", "8M", "64M"]))
  var maxBody = MemorySize(bytes: 1 << 20)

  @Option(
    help: ArgumentHelp(
      "The time in which a request must arrive, its rows be computed, and requests end at the end (default: 10s).",
      valueName: "time"),
    completion: .list(["2s", "10s", "1m"]))
  var timeout = TimeArgument(duration: .seconds(10))

  @Option(help: ArgumentHelp("The most connections at once.", valueName: "n"))
  var maxConnections = 256

  func validate() throws {
    guard (1...65_536).contains(maxConnections) else {
      throw ValidationError("--max-connections \(maxConnections) is not between 1 and 65536")
    }
    guard maxBody.bytes <= 1 << 30 else { throw ValidationError("--max-body must be at most 1G") }
    guard timeout.duration >= .milliseconds(100), timeout.duration <= .seconds(3600) else {
      throw ValidationError("--timeout must be between 100ms and 1h")
    }
  }

  /// The limits of the server. Clients keep connections for a minute.
  var ofServer: ServerLimits {
    var limits = ServerLimits()
    limits.connections = maxConnections
    limits.requestTime = timeout.duration
    limits.graceTime = timeout.duration
    limits.idleTime = .seconds(60)
    limits.requests = .max
    return limits
  }
}
