// Where rnn-serve listens, under which name, and who may ask.

import ArgumentParser
import Failures
import OperatingSystem
import WebServer

/// The address and the token of a service.
struct AddressOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The port; 0 for any that is free.", valueName: "n"))
  var port: UInt16 = 8080

  @Option(
    help: ArgumentHelp(
      "The address at which to listen; all but this machine's own need a token.", valueName: "address"),
    completion: .list(["127.0.0.1", "0.0.0.0", "::1", "::"]))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp(
      "The file with the token that clients send (default: $RNN_SERVE_TOKEN, else none).", valueName: "file"),
    completion: .file())
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "The model's name in paths (default: that of its file, without endings).", valueName: "name"))
  var modelName: String?

  private static let variable = "RNN_SERVE_TOKEN"
  private static let remedy = "head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \\n' makes one"

  /// The token; nil if clients need none.
  /// - Throws: `Failure` if it can't be read, is unfit, or is missing where it is needed.
  func readToken() throws -> AccessToken? {
    if let tokenFile {
      guard let text = OpenFile.smallText(at: tokenFile) else {
        throw Failure(.noInput, "can't be read", at: tokenFile)
      }
      let line = text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
      return try AccessToken(String(line), from: tokenFile, remedy: Self.remedy)
    }
    if let text = environment(Self.variable) {
      return try AccessToken(text, from: Self.variable, remedy: Self.remedy)
    }
    guard try ListeningAddress(host: host, port: port).isLoopback else {
      throw Failure.usage(
        "other machines need a token", at: "--host \(host)",
        remedy: "put one into \(Self.variable), or name its file with --token-file")
    }
    return nil
  }
}
