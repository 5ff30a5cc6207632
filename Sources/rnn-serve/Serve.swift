// rnn-serve: a model behind HTTP, for other programs.

import ArgumentParser
import Failures
import Inference
import JSON
import OperatingSystem
import Registry
import Serving
import Stage
import TensorFile
import WebServer

/// The command `rnn-serve`.
public struct Serve: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-serve",
    abstract: "Answer requests over HTTP with a trained model.",
    discussion: """
      The service answers POST /predict, whose body has a line of JSON for each row (a text, a series, or the model's \
      input tensors), with a line for each, as rnn-predict --format jsonl writes it; and POST /v2/models/NAME/infer, the \
      REST form of KServe's V2 protocol (Open Inference Protocol), which also has /v2/health/live, /v2/health/ready and \
      the model's description. GET /metrics is for Prometheus. docs/serving.md has examples.

      Requests that come while the network computes are joined into the next batch, up to --max-batch rows; no answer \
      depends on this. --batch-delay lets a batch wait for more rows.

      It serves this machine. With another --host, or if there is a token, clients send it: Authorization: Bearer TOKEN. \
      The connection is not encrypted: put a proxy in front of it where others can read along. Ctrl-C and SIGTERM end the \
      service after the requests that it has begun to read.
      """,
    examples: [
      "rnn-serve model.tensors.zst",
      """
      curl --data-binary '"a fine film"' http://127.0.0.1:8080/predict
      """,
      "RNN_SERVE_TOKEN=$(cat token) rnn-serve model.tensors.zst --host 0.0.0.0 --batch-delay 2ms",
    ])

  @Argument(help: ArgumentHelp("The model that rnn-train wrote.", valueName: "model"), completion: .file())
  var model: String

  @Flag(help: "Use the weights of the best training epoch, if the model contains them.")
  var best = false

  @OptionGroup(title: "Address") var address: AddressOptions
  @OptionGroup(title: "Batches") var batches: BatchOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup var threads: ThreadOptions

  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// A service answers, which no earlier one has done for it.
  public var isRepeatable: Bool { false }

  /// Serves the model until a signal.
  public func perform(_ run: StageRun) throws {
    let token = try address.readToken()
    let reader = try run.reader(model, limits: .model)
    try reader.finish()
    let loaded = try LoadedModel(reader.header, path: model, usesBest: best)
    let facts = try ServiceFacts(
      name: address.modelName ?? servedName(of: model), hash: run.hash(of: reader), version: rnnpipeVersion)
    let listener = try Listener(ListeningAddress(host: address.host, port: address.port))
    let service = try ModelService(loaded, facts, threads: threads.count, batches.settings(limits))
    let rules = AccessRules(listener.address, names: [hostName()], token: token, isForBrowsers: false)
    let routes = Routes(
      service.routes(limit: limits.bodyBytes), rules: rules, errors: .json, observer: service.observe)
    let server = try Server(listener, limits: limits.ofServer, handler: routes)
    announce(listener.address, facts, run)
    run.catchInterrupts()
    try server.run { run.interruption.isRequested }
    service.end()
    report(service.totals, run)
  }

  private func announce(_ address: ListeningAddress, _ facts: ServiceFacts, _ run: StageRun) {
    run.parameter("url", address.url)
    run.result(
      ["url": .string(address.url), "model": .string(facts.name)], address.url, stream: .output)
    run.note("\(facts.name) is served there until Ctrl-C")
    if !address.isLoopback {
      run.warn("the connection is not encrypted: whoever can read along sees the token")
    }
  }

  private func report(_ totals: (requests: Int, rows: Int), _ run: StageRun) {
    run.metric("requests", step: 0, Double(totals.requests))
    run.metric("rows", step: 0, Double(totals.rows))
    run.note("answered \(counted(totals.requests, "request"))")
  }
}

/// The name under which a model is served, from that of its file: without folder and endings.
func servedName(of path: String) -> String {
  let name = lastComponent(of: path)
  let stem = name.split(separator: ".", omittingEmptySubsequences: true).first.map(String.init) ?? "model"
  let plain = stem.unicodeScalars.map { scalar -> Character in
    scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      || scalar == "-" || scalar == "_" ? Character(scalar) : "_"
  }
  return name == "-" ? "model" : String(plain.prefix(128))
}
