// The scaling of whole sequences: of each column over all training sequences, or of each sequence by its own values, as
// the UCR archive does.

import Failures
import Tensor
import TensorFile

/// Scales sequences.
public struct SequenceScaling: Sendable {
  /// The scaling of the columns; the identity if each sequence is scaled by its own values.
  public let scaler: Scaler
  /// How each sequence is scaled by its own values; nil if it is not.
  public let ownScale: ScaleKind?

  /// - Parameters:
  ///   - scaler: the scaling of the columns, in their order.
  ///   - ownScale: how each sequence is scaled by its own values.
  public init(_ scaler: Scaler, ownScale: ScaleKind? = nil) {
    (self.scaler, self.ownScale) = (scaler, ownScale)
  }

  /// Whether values stay as they are.
  public var isIdentity: Bool { scaler.kind == .none && ownScale == nil }

  /// The chunk with `x` scaled, as F32; unchanged without scaling.
  /// - Throws: `Failure` (data) if a value is out of range for single precision.
  public func applied(to chunk: Chunk) throws(Failure) -> Chunk {
    guard !isIdentity, let x = chunk.columns["x"]?.ragged else { return chunk }
    let width = x.values.rowWidth
    var values = x.values.doubles
    if let ownScale {
      try scaleEach(&values, x, width, ownScale)
    } else {
      for index in values.indices { values[index] = scaler.scale(values[index], column: index % width) }
    }
    guard values.allSatisfy({ Float($0).isFinite }) else {
      throw Failure.data(
        "a scaled value is too large for single precision", remedy: "check the values and --scale")
    }
    var columns = chunk.columns
    columns["x"] = .ragged(
      Ragged(values: Tensor(values.map(Float.init), shape: x.values.shape), lengths: x.lengths))
    return Chunk(columns, rows: chunk.rows)
  }

  private func scaleEach(
    _ values: inout [Double], _ x: Ragged, _ width: Int, _ kind: ScaleKind
  ) throws(Failure) {
    var start = 0
    for length in x.lengths where length > 0 {
      let end = start + Int(length) * width
      var fit = ScalerFit(columns: scaler.columns, for: kind)
      for row in stride(from: start, to: end, by: width) { fit.add(values[row..<row + width]) }
      let own = try fit.scaler(kind, basis: .all)
      for index in start..<end { values[index] = own.scale(values[index], column: (index - start) % width) }
      start = end
    }
  }
}

extension ScalerFit {
  /// Adds the steps of a chunk's sequences: of those in part 0 if the stream is split, else of all.
  public mutating func add(sequences chunk: Chunk) throws(Failure) {
    guard let x = chunk.columns["x"]?.ragged else {
      throw Failure.data("there is no column x of sequences", remedy: "give sequences of numbers")
    }
    let (values, width, offsets) = (x.values.doubles, x.values.rowWidth, x.offsets)
    let isTraining = try chunk.isTrainingRow()
    for row in 0..<chunk.rows where isTraining?[row] ?? true {
      for step in offsets[row]..<offsets[row + 1] { add(values[step * width..<(step + 1) * width]) }
    }
  }
}
