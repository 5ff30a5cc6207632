// A process that predicts for the rows that the first process sends it, until there are no more.

import Failures
import Peers
import TensorFile
import Training

/// One of the processes that help the first.
public final class PredictionHelper {
  private let peers: any Peers
  private let span: ForecastSpan
  private let options: PredictorOptions
  private var predictor: SpanPredictor?
  /// Why the network can't be built.
  private var failure: Failure?

  /// - Parameters:
  ///   - span: the model and the steps to forecast, the same as in the first process.
  ///   - options: the same as in the first process, but for the number of threads.
  public init(_ span: ForecastSpan, _ options: PredictorOptions, _ peers: any Peers) {
    (self.span, self.options, self.peers) = (span, options, peers)
  }

  /// Answers all requests.
  /// - Throws: `PeerLoss` if a process is lost, `Failure` (software) if a message is damaged.
  public func work() throws {
    defer { predictor?.close() }
    var answers: [PredictionAnswer] = []
    while true {
      var messages = [[UInt8]](repeating: [], count: peers.count)
      messages[0] = DocumentList.bytes(answers.map(\.document))
      let requests = try DocumentList.documents(peers.exchange(messages: messages)[0])
      answers = []
      for document in requests {
        switch PredictionRequest(document) {
        case .shape(let chunk, let rows): build(chunk, rows)
        case .rows(let chunk, let row): answers.append(try answer(chunk, row))
        case .end: return
        }
      }
    }
  }

  private func build(_ chunk: Chunk, _ rows: Int) {
    var options = options
    options.firstRows = rows
    do { predictor = try SpanPredictor(span, like: chunk, options) } catch {
      failure = error as? Failure ?? Failure(.software, "\(error)")
    }
  }

  private func answer(_ chunk: Chunk, _ row: Int) throws -> PredictionAnswer {
    guard let predictor else { return PredictionAnswer(result: .failure(failure ?? .damagedMessage)) }
    do {
      return PredictionAnswer(result: .success(try predictor.predictApart(chunk, firstRow: row)))
    } catch let failure as Failure { return PredictionAnswer(result: .failure(failure)) }
  }
}
