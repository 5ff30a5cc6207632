// The answer to lines of JSON: a line for each. Lines whose rows have the same shape are predicted together.

import Failures
import Inference
import JSON
import Sequences
import TensorFile

/// Answers lines.
struct LineAnswers: Sendable {
  /// The answers of a request.
  struct Result {
    /// The lines, each with its line feed.
    let text: String
    /// The number of lines that were answered with a prediction.
    let predicted: Int
    /// The number of lines.
    let count: Int
  }

  private let model: LoadedModel
  private let preparer: LinePreparer
  private let classes: ClassNames?
  private let readNames: Set<String>
  private let settings: BatchSettings

  /// The most lines of a request.
  private static let mostLines = 16_384
  /// The most bytes of an answer, for each value that it may have.
  private static let bytesOfValue = 16

  /// - Throws: `Failure` (data) if the model is damaged.
  init(_ model: LoadedModel, _ columns: ModelColumns, _ settings: BatchSettings) throws {
    (self.model, self.settings) = (model, settings)
    preparer = try LinePreparer(model, columns)
    classes = try model.outputClasses
    readNames = Set(columns.inputs.map(\.name))
  }

  /// What of a line's rows the network and the conversion of its predictions need.
  private func read(_ chunk: Chunk) -> Chunk {
    let columns = chunk.columns.filter { name, _ in
      readNames.contains(name) || name == "y" || name.hasPrefix("y.") || name == "x"
    }
    return Chunk(columns, rows: chunk.rows)
  }

  /// Answers all lines of a body; blank ones have no answer.
  /// - Parameter predict: computes the predictions for rows of one shape.
  /// - Throws: `Failure` (data) if there are too many lines, or their answers are too long; any error of `predict` that
  ///   isn't about the rows.
  func answers(
    to body: [UInt8], _ predict: @Sendable (Chunk) async throws -> Prediction
  ) async throws -> Result {
    let lines = body.split(separator: 10).filter { $0.contains { $0 > 32 } }
    guard lines.count <= Self.mostLines else {
      throw Failure.data("there are \(lines.count) lines, but at most \(Self.mostLines) are answered")
    }
    var (text, predicted, pending) = ("", 0, [PreparedLine]())
    func answerPending() async throws {
      for answer in try await answers(to: pending, predict) {
        text += answer.text
        predicted += answer.isPrediction ? 1 : 0
      }
      pending = []
      guard text.utf8.count <= Self.bytesOfValue * settings.mostValues else {
        throw Failure.data("the answer is too long", remedy: "send fewer lines")
      }
    }
    for line in lines {
      let next: PreparedLine
      do { next = try preparer.prepare(line) } catch let failure as Failure where failure.isAboutData {
        try await answerPending()
        text += Self.line(failure)
        continue
      }
      if let first = pending.first,
        pending.count >= settings.rows || read(first.chunk).rowShapes != read(next.chunk).rowShapes
      {
        try await answerPending()
      }
      pending.append(next)
    }
    try await answerPending()
    return Result(text: text, predicted: predicted, count: lines.count)
  }

  /// The answers to lines of one shape. If they can't be predicted together, each is by itself.
  private func answers(
    to lines: [PreparedLine], _ predict: @Sendable (Chunk) async throws -> Prediction
  ) async throws -> [(text: String, isPrediction: Bool)] {
    guard let joined = Chunk.joined(lines.map { read($0.chunk) }) else { return [] }
    do {
      let prediction = try await predict(joined)
      var (result, first) = ([(text: String, isPrediction: Bool)](), 0)
      for line in lines {
        let rows = first..<first + line.chunk.rows
        result.append((try text(prediction.rows(rows, of: joined.rows), line), true))
        first = rows.upperBound
      }
      return result
    } catch let failure as Failure where failure.isAboutData {
      if lines.count == 1 { return [(Self.line(failure), false)] }
      var result: [(text: String, isPrediction: Bool)] = []
      for line in lines { result += try await answers(to: [line], predict) }
      return result
    }
  }

  /// The line that rnn-predict writes in the format jsonl; if it writes several, an object with their list.
  private func text(_ prediction: Prediction, _ line: PreparedLine) throws -> String {
    let chunk = try model.columns(of: prediction, line.chunk)
    var lines: [String] = []
    var form = PredictionText(
      .jsonl, classes: classes, threshold: model.classThreshold, forecast: line.forecast)
    try form.forEachLine(of: chunk) { lines.append($0) }
    if lines.count == 1 { return lines[0] }
    return "{\"forecasts\":[\(lines.map { $0.dropLast() }.joined(separator: ","))]}\n"
  }

  private static func line(_ failure: Failure) -> String {
    JSONValue.object(["error": .string(failure.forClients)]).text + "\n"
  }
}
