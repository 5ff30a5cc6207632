// rnn-convert --weights: what a model loses by storing its weights in fewer bits.

import ArgumentParser
import Failures
import Inference
import JSON
import Networks
import Stage
import TensorFile

/// The options about the precision of weights.
struct WeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Store the matrices of a model as float16 or int8, in a tensor stream or a C header, and print what is lost.",
      valueName: "precision"))
  var weights: WeightPrecision?

  @Option(
    help: ArgumentHelp(
      "With --weights: a stream on which the model and the smaller one are evaluated, side by side.",
      valueName: "file"),
    completion: .file())
  var evaluate: String?

  @Option(
    help: ArgumentHelp(
      """
      With --evaluate: the part of the stream, train, validation, test or all (default: test, or all if the stream \
      isn't split).
      """, valueName: "part"),
    completion: .list(RowSelection.allCases.map(\.rawValue)),
    transform: { text in
      guard let part = RowSelection(rawValue: text) else {
        throw ValidationError("'\(text)' is none of train, validation, test and all")
      }
      return part
    })
  var split: RowSelection?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if evaluate != nil, weights == nil { throw ValidationError("--evaluate needs --weights") }
    if split != nil, evaluate == nil { throw ValidationError("--split needs --evaluate") }
  }
}

extension WeightPrecision: ExpressibleByArgument {}

/// A model with its weights in fewer bits, and what it lost.
struct QuantizedConversion {
  let model: ModelFile
  private let precision: WeightPrecision
  private let loss: QuantizationLoss
  /// Loss and metrics, of the model and of the smaller one.
  private let scores: [(name: String, before: Double, after: Double)]

  /// - Parameter name: the model's name, for messages.
  init(
    _ original: ModelFile, _ precision: WeightPrecision, _ options: WeightOptions, named name: String,
    _ run: StageRun
  )
    throws
  {
    self.precision = precision
    do { (model, loss) = try original.quantized(precision) } catch let failure as Failure {
      throw failure.placed(at: name)
    }
    guard let path = options.evaluate else {
      scores = []
      return
    }
    let values = try [original, model].map { model in
      let loaded = try LoadedModel(model.header, path: name, usesBest: false)
      return try ModelScores(loaded, split: options.split, threads: options.threads.count)
        .values(run.reader(path), named: inputName(path))
    }
    scores = zip(values[0], values[1]).map { ($0.0, $0.1, $1.1) }
    for score in scores where score.before.isFinite && score.after.isFinite {
      run.metric("\(score.name)_before", step: 0, score.before)
      run.metric("\(score.name)_after", step: 0, score.after)
    }
  }

  /// The loss as members of the result.
  var members: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "quantization": [
        "weights": .string(precision.rawValue), "bytes_before": .integer(Int64(loss.bytesBefore)),
        "bytes_after": .integer(Int64(loss.bytesAfter)), "largest_error": .number(loss.largestError),
        "rms_error": .number(loss.meanError),
      ]
    ]
    guard !scores.isEmpty else { return members }
    members["evaluation"] = .object(
      Dictionary(
        scores.map { score in
          (
            score.name,
            [
              "before": .number(score.before), "after": .number(score.after),
              "difference": .number(score.after - score.before),
            ]
          )
        }
      ) { first, _ in first })
    return members
  }

  /// The loss in a line, and the evaluation as a table.
  var lines: [String] {
    let sizes =
      "\(NumberText.grouped(loss.bytesBefore)) bytes of weights become \(NumberText.grouped(loss.bytesAfter))"
    let errors =
      "largest error \(percent(loss.largestError)) of a matrix's largest weight, RMS error \(percent(loss.meanError)) of the weights' RMS"
    let first = "\(precision.rawValue): \(sizes); \(errors)"
    guard !scores.isEmpty else { return [first] }
    let rows = scores.map { score in
      [score.name, number(score.before), number(score.after), number(score.after - score.before)]
    }
    return [first] + alignedLines([["", "float32", precision.rawValue, "difference"]] + rows)
  }

  private func number(_ value: Double) -> String { NumberText.significant(value, 5) }
  private func percent(_ value: Double) -> String { "\(NumberText.significant(100 * value, 2))%" }
}
