// The columns of a chunk that a model reads, checked before they are used: their shapes, token ids and numbers.

import Failures
import Networks
import Tensor
import TensorFile
import Training

/// The inputs of a model, in the columns of a stream.
struct ModelInputs {
  /// What needs the targets of rows, for messages.
  struct TargetReader {
    /// Its name.
    let name: String
    /// What to do about rows without targets.
    let remedy: String
  }

  private let model: LoadedModel
  /// The columns of inputs and targets.
  let binding: ColumnBinding
  /// The shapes of the inputs, with the numbers of steps of the first chunk.
  let shapes: [ValueShape]

  /// - Parameters:
  ///   - chunk: a chunk with the shape of all rows.
  ///   - targets: what needs targets; nil if nothing does.
  /// - Throws: `Failure` (data) if the rows don't fit the model, or targets are missing.
  init(_ model: LoadedModel, like chunk: Chunk, targets: TargetReader?) throws {
    self.model = model
    let architecture = model.file.architecture
    let binding = try ColumnBinding(
      architecture.topology, columns: Set(chunk.columns.keys), needsTargets: false)
    if let targets { try Self.checkTargets(of: chunk, binding, architecture.topology, targets) }
    self.binding = binding
    shapes = try zip(binding.inputs, architecture.inputs).map { try Self.shape($0, $1, chunk) }
  }

  private static func checkTargets(
    of chunk: Chunk, _ binding: ColumnBinding, _ topology: Topology, _ reader: TargetReader
  ) throws {
    let names = topology.outputs.count == 1 ? ["y"] : topology.outputs.map { "y.\($0.name)" }
    let columns = binding.targets.isEmpty ? names : binding.targets
    guard let missing = columns.first(where: { chunk.columns[$0]?.tensor == nil }) else { return }
    throw Failure.data(
      "there is no column \(missing), which \(reader.name) needs",
      remedy: chunk.columns["text"] != nil ? "write lines as label<TAB>text" : reader.remedy)
  }

  /// The shape of a column's rows, which may have a different number of steps than in training.
  private static func shape(_ column: String, _ trained: ValueShape, _ chunk: Chunk) throws -> ValueShape {
    guard let tensor = chunk.columns[column]?.tensor else {
      throw Failure.data("there is no column \(column)")
    }
    if case .vector = trained { return trained }
    guard let steps = tensor.rowShape.first, steps > 0 else {
      throw Failure.data("the rows are empty", at: "column \(column)")
    }
    return trained.with(steps: steps)
  }

  /// The inputs of a chunk's rows, all numbers checked.
  /// - Throws: `Failure` (data) if a column is missing, has another shape than the first chunk, or holds an invalid value.
  func inputs(_ columns: CheckedColumns) throws -> [DataSet.Input] {
    try binding.inputs.enumerated().map { number, column in
      let tensor = try columns.tensor(column)
      try check(tensor, number, column)
      guard shapes[number].isTokens else { return .features(try columns.numbers(column)) }
      let vocabulary = model.file.architecture.vocabulary(ofInput: number)
      return .tokens(
        try columns.tokens(column, below: vocabulary, remedy: "tokenize with --like \(model.path)"))
    }
  }

  private func check(_ tensor: Tensor, _ number: Int, _ column: String) throws {
    let shape = shapes[number]
    if model.distribution != nil { return try checkWindow(tensor, column) }
    let fits =
      shape.isTokens
      ? tensor.type.isInteger && tensor.rowShape == shape.extents
      : tensor.rowWidth == shape.extents.reduce(1, *)
    guard !fits else { return }
    let expected = model.file.architecture.inputs[number].extents
    throw Failure.data(
      shape.isTokens
        ? "rows are \(tensor.type.rawValue)\(tensor.rowShape), but the model expects token ids \(expected)"
        : "rows are \(tensor.rowShape), but the model expects \(expected)", at: "column \(column)")
  }

  /// The windows of a model that predicts distributions: its network reads them step by step.
  private func checkWindow(_ tensor: Tensor, _ column: String) throws {
    guard let windows = model.windows else { return }
    let (layout, known) = (windows.layout, windows.known.width)
    let fits =
      switch column {
      case "x": tensor.rowShape == [layout.length, layout.inputs.count]
      case "known":
        tensor.shape.count == 3 && tensor.rowShape[1] == known
          && tensor.rowShape[0] >= layout.length + layout.horizon
      default: true
      }
    guard fits else {
      throw Failure.data(
        "rows are \(tensor.rowShape), but the model expects windows of \(counted(layout.length, "step"))",
        at: "column \(column)", remedy: "create them with rnn-window --like \(model.path)")
    }
  }
}
