// How large an answer gets: a network that predicts a distribution over thousands of words for each step makes a hundred
// kilobytes of a token, so that a small request could ask for more memory than there is.

import Failures
import Inference
import Networks
import TensorFile

/// The number of values that a model computes for rows.
struct AnswerSize: Sendable {
  private let topology: Topology
  private let inputs: [ValueShape]
  private let outputs: [ValueShape]
  /// Values of a row that don't depend on its steps: sample paths.
  private let paths: Int
  /// The most values of an answer.
  let limit: Int

  /// - Parameter limit: the most values of an answer.
  init(_ model: LoadedModel, limit: Int) {
    let architecture = model.file.architecture
    (topology, inputs, outputs) = (architecture.topology, architecture.inputs, architecture.outputs)
    self.limit = limit
    let forecast = model.window.map { $0.horizon * $0.targets.count } ?? 0
    paths = model.distribution == nil ? 0 : forecast * PathOptions().count
  }

  /// The number of steps of a chunk's rows: that of the longest input.
  func steps(of chunk: Chunk) -> Int {
    let names = zip(topology.inputs, inputs).filter { $0.1.steps != nil }.map { $0.0.name }
    return names.compactMap { chunk.columns[$0]?.tensor?.rowShape.first }.max() ?? 1
  }

  /// Throws `Failure` (data) if the answer would have too many values.
  func check(_ chunk: Chunk) throws(Failure) {
    let steps = steps(of: chunk)
    let row = outputs.reduce(paths) { $0 + max(1, $1.width) * ($1.steps == nil ? 1 : steps) }
    guard row <= limit / max(1, chunk.rows) else {
      throw Failure.data(
        "\(counted(chunk.rows, "row")) of \(counted(row, "computed value")) are more than the \(limit) of an answer",
        remedy: "send fewer rows")
    }
  }
}
