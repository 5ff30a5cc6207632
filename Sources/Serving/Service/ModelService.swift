// A model behind HTTP: what is answered at which path.

import Failures
import Inference
import JSON
import Tensor
import TensorFile
import Threads
import WebServer

/// The facts about a service that its answers tell.
public struct ServiceFacts: Sendable {
  /// The model's name in paths: letters, digits, `.`, `_` and `-`.
  public let name: String
  /// The hash of the model's data; nil if it isn't known.
  public let hash: String?
  /// The program's version.
  public let version: String

  /// - Throws: `Failure` (usage) if the name can't be part of a path.
  public init(name: String, hash: String?, version: String) throws {
    let isPlain = name.utf8.allSatisfy { byte in
      Character(Unicode.Scalar(byte)).isLetter && byte < 128 || (48..<58).contains(byte)
        || [45, 46, 95].contains(byte)
    }
    guard isPlain, (1...128).contains(name.utf8.count), name.contains(where: { $0 != "." }) else {
      throw Failure.usage(
        "'\(name)' can't be part of a path", at: "--model-name", remedy: "use letters, digits, -, _ and .")
    }
    (self.name, self.hash, self.version) = (name, hash, version)
  }
}

/// Answers requests with a model.
public final class ModelService: Sendable {
  private let facts: ServiceFacts
  private let columns: ModelColumns
  private let lines: LineAnswers
  private let sizes: AnswerSize
  private let queue: BatchQueue
  private let metrics = ServiceMetrics()
  private let worker: WorkerThread?

  /// Starts the thread that computes.
  /// - Parameters:
  ///   - threads: the number of threads that compute a batch.
  /// - Throws: `Failure` if the model can't be served.
  public init(_ model: LoadedModel, _ facts: ServiceFacts, threads: Int, _ batches: BatchSettings) throws {
    guard !model.file.architecture.isStateful else {
      throw Failure.data(
        "the model carries its state from row to row, but a service answers each request by itself",
        at: model.path, remedy: "use rnn-predict --stream, or train without stateful layers")
    }
    let (queue, metrics) = (BatchQueue(batches), metrics)
    (self.facts, self.queue) = (facts, queue)
    columns = ModelColumns(model)
    lines = try LineAnswers(model, columns, batches)
    sizes = AnswerSize(model, limit: batches.mostValues)
    worker = WorkerThread { BatchWorker(model, threads: threads, batches, queue, metrics).run() }
    guard worker != nil else { throw Failure(.outOfMemory, "no thread can be started") }
  }

  /// Ends the thread that computes; what still waits is not answered.
  public func end() {
    queue.close()
    worker?.join()
  }

  /// The number of answers, and of rows that were computed.
  public var totals: (requests: Int, rows: Int) { metrics.totals }

  /// Learns of an answer.
  public func observe(_ answered: AnsweredRequest) { metrics.answered(answered) }

  // MARK: Paths

  /// What is answered.
  /// - Parameter limit: the most bytes of a request's body.
  public func routes(limit: Int) -> [Route] {
    let general: [Route] = [
      .get("/") { _ in self.index },
      .get("/v2") { _ in self.server },
      .get("/v2/health/live", needsToken: false) { _ in .json(["live": true]) },
      .get("/v2/health/ready", needsToken: false) { _ in .json(["ready": true]) },
      .get("/metrics") { _ in self.metricsReply },
      .post("/predict", limit: limit) { await self.running(self.predict, $0) },
    ]
    return general
      + modelPaths.flatMap { path -> [Route] in
        [
          .get(path) { _ in self.metadata },
          .get("\(path)/ready") { _ in .json(["name": .string(self.facts.name), "ready": true]) },
          .post("\(path)/infer", limit: limit) { await self.running(self.infer, $0) },
        ]
      }
  }

  /// The model's paths, without and with its version.
  private var modelPaths: [String] {
    let path = "/v2/models/\(facts.name)"
    return [path, "\(path)/versions/\(modelVersion)"]
  }

  private func running(
    _ answer: @escaping @Sendable (Request) async -> Reply, _ request: Request
  ) async -> Reply {
    await metrics.running { await answer(request) }
  }

  private var index: Reply {
    let path = modelPaths[0]
    let paths = [
      "/v2", "/v2/health/live", "/v2/health/ready", path, "\(path)/ready", "\(path)/infer", "/predict",
      "/metrics",
    ]
    return .json(["model": .string(facts.name), "paths": .array(paths.map { .string($0) })])
  }

  private var server: Reply {
    .json(["name": "rnn-serve", "version": .string(facts.version), "extensions": []])
  }

  private var metadata: Reply {
    func described(_ columns: [ModelColumn]) -> JSONValue {
      .array(
        columns.map { column in
          [
            "name": .string(column.name), "datatype": .string(column.content.datatype.rawValue),
            "shape": .array(([-1] + column.shape).map { .integer(Int64($0)) }),
          ]
        })
    }
    return .json([
      "name": .string(facts.name), "versions": [.string(modelVersion)], "platform": "rnnpipe",
      "inputs": described(columns.inputs), "outputs": described(columns.outputs),
    ])
  }

  private var metricsReply: Reply {
    var labels = [(name: "model", value: facts.name), (name: "version", value: facts.version)]
    if let hash = facts.hash { labels.append((name: "sha256", value: hash)) }
    let text = metrics.text(model: labels, waiting: queue.waitingRows)
    return Reply(.ok, type: MetricsText.type, Array(text.utf8))
  }

  // MARK: Predictions

  /// The predictions for rows of one shape, if they aren't too many.
  private func predicted(_ chunk: Chunk) async throws -> Prediction {
    try sizes.check(chunk)
    return try await queue.predict(chunk)
  }

  @Sendable private func infer(_ request: Request) async -> Reply {
    if request.fields["inference-header-content-length"] != nil {
      return .error(.badRequest, "tensors in binary form are not read here: send their data as JSON")
    }
    do {
      let read = try InferenceRequest(request.body, columns)
      let prediction = try await predicted(read.chunk)
      return Reply(.ok, type: "application/json", InferenceReply(prediction, to: read, of: facts.name).bytes)
    } catch {
      return .error(error)
    }
  }

  @Sendable private func predict(_ request: Request) async -> Reply {
    do {
      let result = try await lines.answers(to: request.body) { try await self.predicted($0) }
      guard result.count > 0 else { return .error(.badRequest, "there are no lines") }
      return Reply(
        result.predicted > 0 ? .ok : .badRequest, type: "application/x-ndjson", Array(result.text.utf8))
    } catch {
      return .error(error)
    }
  }
}
