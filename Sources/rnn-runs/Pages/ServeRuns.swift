// rnn-runs serve: the page of runs, live, for browsers on this machine, or with a token on others.

import ArgumentParser
import Failures
import Registry
import RunPages
import Stage
import WebServer

struct ServeRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Show runs as a page that follows them.",
    discussion: """
      The page is that of rnn-runs report; running runs are refreshed every few seconds, and new ones appear. It is \
      served until Ctrl-C, to browsers on this machine. With another --host, others can open it too, with a token, which \
      is part of the address that is printed; the connection is not encrypted.

      EXAMPLES:
        rnn-runs serve
        rnn-runs serve --stage train --metric val_loss:min --port 9000
        rnn-runs serve --host 0.0.0.0
      """)

  @OptionGroup var selection: FilterOptions

  @OptionGroup var page: PageOptions

  @Option(help: ArgumentHelp("The port (default: 8008, or the next that is free).", valueName: "n"))
  var port: UInt16?

  @Option(
    help: ArgumentHelp(
      "The address at which to listen; all but this machine's own need a token.", valueName: "address"),
    completion: .list(["127.0.0.1", "0.0.0.0", "::1", "::"]))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp("The token of other machines (default: a new one each time).", valueName: "text"))
  var token: String?

  @OptionGroup var common: RunsOptions

  /// The ports that are tried if none is given.
  private static let ports: ClosedRange<UInt16> = 8008...8027

  func validate() throws {
    if port == 0 { throw ValidationError("--port must be at least 1") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    try selection.checkNames(registry)
    _ = try selection.filter()
    let settings = try page.settings(selection.columns(), common)
    let runs = PageRuns(subjects: [], selection: selection, limit: settings.limits.runs)
    let site = try LiveSite(common.location, runs, settings)
    let (server, address, secret) = try listen(site)
    run.catchInterrupts()
    let url = address.url + (secret.map { "?token=\($0.text)" } ?? "")
    run.result(["url": .string(url)], url, stream: .output)
    run.note("the page is served there until Ctrl-C")
    if !address.isLoopback {
      run.warn("the connection is not encrypted: whoever can read along sees the token")
    }
    try server.run { run.interruption.isRequested }
    run.stopsEarly = true
  }

  private func listen(_ site: LiveSite) throws -> (Server, ListeningAddress, AccessToken?) {
    let ports = port.map { $0...$0 } ?? Self.ports
    for port in ports {
      let address = try ListeningAddress(host: host, port: port)
      let secret = try token.map { try AccessToken($0) } ?? (address.isLoopback ? nil : AccessToken.random())
      let rules = AccessRules(address, names: [hostName()], token: secret)
      do {
        let routes = Routes(site.routes, rules: rules, errors: .line)
        return (try Server(try Listener(address), handler: routes), address, secret)
      } catch let failure as Failure where failure.isTakenPort && port < ports.upperBound {
        continue
      }
    }
    throw Failure(.unavailable, "no port is free", remedy: "choose one with --port")
  }
}
