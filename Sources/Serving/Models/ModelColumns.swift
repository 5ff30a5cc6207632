// What a model reads and predicts: the columns of its rows, as tensors with names, types and shapes.

import Inference
import Networks
import Sequences

/// A tensor of a row.
struct ModelColumn: Sendable {
  /// What its elements are.
  enum Content: Sendable {
    /// Whole numbers from 0: ids of tokens.
    case ids
    /// Single precision.
    case singles
    /// Double precision.
    case doubles
  }

  /// The column's name in a stream.
  let name: String
  let content: Content
  /// The sizes of a row's dimensions; -1 where rows may differ.
  let shape: [Int]
}

/// The columns of a model.
struct ModelColumns: Sendable {
  /// What it reads.
  let inputs: [ModelColumn]
  /// What it predicts.
  let outputs: [ModelColumn]

  init(_ model: LoadedModel) {
    inputs = Self.inputs(model) + Self.scales(model)
    outputs = Self.outputs(model)
  }

  /// The network's inputs; the number of steps is free.
  private static func inputs(_ model: LoadedModel) -> [ModelColumn] {
    let architecture = model.file.architecture
    return zip(architecture.topology.inputs, architecture.inputs).map { input, shape in
      var extents = shape.extents
      if shape.steps != nil { extents[0] = -1 }
      return ModelColumn(name: input.name, content: shape.isTokens ? .ids : .singles, shape: extents)
    }
  }

  /// By what a row was scaled, if rows differ in this.
  private static func scales(_ model: LoadedModel) -> [ModelColumn] {
    let targets = model.window?.targets.count ?? 0
    return model.rowScaleColumns.map { ModelColumn(name: $0, content: .doubles, shape: [targets]) }
  }

  private static func outputs(_ model: LoadedModel) -> [ModelColumn] {
    let architecture = model.file.architecture
    if let window = model.window, !model.intervalColumns.isEmpty {
      let shape = [window.horizon * window.targets.count]
      return (["prediction"] + model.intervalColumns).map {
        ModelColumn(name: $0, content: .doubles, shape: shape)
      }
    }
    let names = architecture.topology.outputs.map(\.name)
    return zip(names, architecture.outputs).map { name, shape in
      ModelColumn(
        name: names.count == 1 ? "prediction" : "prediction.\(name)",
        content: model.window == nil ? .singles : .doubles,
        shape: shape.steps == nil ? [shape.width] : [-1, shape.width])
    }
  }
}
