// What rnn-predict prints about an evaluation: a JSON object on standard output, tables for people on standard error.

import Inference
import JSON
import Stage

/// The output of an evaluation.
struct EvaluationReport {
  let run: StageRun
  /// Where predictions are written; `-` leaves only standard error for the object.
  let output: String?

  /// Prints the evaluation.
  /// - Parameter values: its loss and metrics.
  func write(_ evaluation: Evaluation, _ values: [(String, Double)]) {
    for (name, value) in values { run.metric(name, step: 0, value) }
    var members = Dictionary(values.map { ($0.0, JSONValue.number($0.1)) }) { first, _ in first }
    for (name, count) in evaluation.confusion?.members ?? [] {
      run.metric(name, step: 0, Double(count))
      members[name] = .integer(Int64(count))
    }
    for warning in evaluation.warnings(number: { NumberText.significant($0, 4) }) { run.warn(warning) }
    if !run.wantsJSON { writeTables(evaluation) }
    let json = JSONValue.object(members)
    run.result(json, json.text, stream: output == "-" ? .error : .output)
  }

  private func writeTables(_ evaluation: Evaluation) {
    for line in evaluation.targetLines(number: { NumberText.significant($0) }) { run.note(line) }
    for line in evaluation.seriesLines(number: { NumberText.significant($0) }) { run.note(line) }
    for line in evaluation.tagLines(number: { NumberText.fixed($0, 4) }) { run.note(line) }
    for line in evaluation.confusion?.lines(fraction: { NumberText.fixed($0, 4) }) ?? [] { run.note(line) }
  }
}
