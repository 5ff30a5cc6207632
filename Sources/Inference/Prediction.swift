// Predictions for the rows of a chunk, and the stream of kind `predictions` that contains them.

import Sequences
import Tensor
import TensorFile

/// A model's predictions for the rows of a chunk.
public struct Prediction: Sendable {
  /// One output's values.
  public struct Output: Sendable {
    /// The output's name; nil if it is the only one.
    public let name: String?
    /// `[rows, width]` or `[rows, steps, width]`, in the units of the data; of windows F64, else F32.
    public var values: Tensor
    /// The limits of intervals around them, by column: `prediction-lo-80`; empty if there are none.
    public var limits: [String: Tensor] = [:]
    /// Sample paths `[rows, paths, width]`, if they were requested.
    public var paths: Tensor?
    /// The values before scaling is undone, of windows.
    var scaled: [Double] = []
    /// Which rows and steps are not masked; nil if nothing is masked.
    public let mask: [Bool]?

    /// The input column with its targets; nil if there is none.
    public let givenTargets: String?

    /// The column for the values.
    public var column: String { name.map { "prediction.\($0)" } ?? "prediction" }
    /// The column that is 1 at steps that count, 0 at masked ones; nil if no step of the rows is masked.
    func maskColumn(rows: Int) -> (name: String, values: Tensor)? {
      guard let mask, values.shape.count == 3 else { return nil }
      return (
        name.map { "mask.\($0)" } ?? "mask",
        Tensor(mask.map { $0 ? UInt8(1) : 0 }, shape: [rows, mask.count / max(1, rows)])
      )
    }

    /// The column of its targets.
    public var targetColumn: String { name.map { "y.\($0)" } ?? "y" }
  }

  /// The outputs, in the network's order.
  public let outputs: [Output]
}

extension LoadedModel {
  /// The model's metadata that stages after the prediction need.
  private static let forwardedMetadata: Set<String> = [
    "rnn.window", "rnn.time", "rnn.classes", "rnn.quantiles", "rnn.distribution",
  ]

  /// The header of the predictions for a stream with the header `input`.
  public func predictionHeader(for input: StreamHeader) -> StreamHeader {
    var header = StreamHeader(kind: "predictions", metadata: input.metadata, side: input.side)
    header.kind = "predictions"
    for (key, value) in file.header.metadata where Self.forwardedMetadata.contains(key) {
      header.metadata[key] = value
    }
    if let window, window.horizon != trainedHorizon {
      window.write(into: &header)
      header.kind = "predictions"
    }
    for (name, tensor) in file.header.side where name.hasPrefix("rnn.classes") {
      header.side[name] = tensor
    }
    if outputsLogits { header.metadata["rnn.logits"] = "true" }
    // Predictions are in the units of the data: no scaling applies to them.
    for key in [
      "rnn.scale", "rnn.transform", "rnn.known", "rnn.known.scale", "rnn.static", "rnn.static.scale",
    ] {
      header.metadata[key] = nil
    }
    header.side = header.side.filter { entry in
      !["rnn.scale", "rnn.known", "rnn.static"].contains { entry.key.hasPrefix($0) }
    }
    Vocabulary.remove(from: &header)
    return header
  }

  /// The columns that are passed through unchanged.
  private static let forwardedColumns: Set<String> = [
    "time", "split", "text", "id", "history", "history_time",
  ]

  /// The predictions for `chunk` together with its times, parts, texts, history, and targets in the units of the data:
  /// as they were read, if the stream has the column `actual`.
  public func columns(of prediction: Prediction, _ chunk: Chunk) throws -> Chunk {
    var columns = chunk.columns.filter { Self.forwardedColumns.contains($0.key) }
    for output in prediction.outputs {
      columns[output.column] = .dense(output.values)
      for (name, values) in output.limits { columns[name] = .dense(values) }
      columns["paths"] = output.paths.map { .dense($0) }
      if let mask = output.maskColumn(rows: chunk.rows) { columns[mask.name] = .dense(mask.values) }
      guard let y = output.givenTargets.flatMap({ chunk.columns[$0]?.tensor }) else { continue }
      columns[output.targetColumn] = .dense(try actual(y, chunk))
    }
    return Chunk(columns, rows: chunk.rows)
  }

  /// The targets `y` of windows in the units of the data; other targets unchanged.
  private func actual(_ y: Tensor, _ chunk: Chunk) throws -> Tensor {
    guard window != nil, scaler != nil else { return y }
    if let actual = chunk.columns["actual"]?.tensor, actual.shape == y.shape { return actual }
    return Tensor(try unscaled(y.doubles, of: chunk), shape: y.shape)
  }
}
