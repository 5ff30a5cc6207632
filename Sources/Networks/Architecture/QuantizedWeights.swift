// A model's matrices in fewer bits: in half precision, or as bytes with a scale for each output unit.
//
//   int8     q = round(w / s), s = max |w| / 127 over the weights of an output unit: a column of a kernel or recurrent
//            kernel, a row of an embedding. A unit whose weights are all zero has s = 0.
//   float16  the nearest half-precision number
//
// Biases, normalization and whatever else is small keep their precision.

import Failures
import JSON
import Tensor
import TensorFile

/// The precision in which a model's matrices are stored.
public enum WeightPrecision: String, Sendable, CaseIterable {
  case float16, int8
}

/// What a model lost by storing its matrices in fewer bits.
public struct QuantizationLoss: Sendable, Equatable {
  /// The bytes of all weights before and after.
  public var bytesBefore = 0
  /// See `bytesBefore`.
  public var bytesAfter = 0
  /// The largest difference of a weight, relative to the largest weight of its matrix.
  public var largestError = 0.0
  fileprivate var squaredErrors = 0.0
  fileprivate var squares = 0.0

  /// The root of the mean square of the differences, relative to that of the weights.
  public var meanError: Double { squares == 0 ? 0 : (squaredErrors / squares).squareRoot() }

  fileprivate mutating func add(_ values: [Float], _ rounded: [Float]) {
    var (largest, error) = (0.0, 0.0)
    for (value, other) in zip(values, rounded) {
      let difference = Double(value) - Double(other)
      (largest, error) = (max(largest, Double(value.magnitude)), max(error, difference.magnitude))
      squaredErrors += difference * difference
      squares += Double(value) * Double(value)
    }
    if largest > 0 { largestError = max(largestError, error / largest) }
  }
}

extension ModelFile {
  /// The model with its matrices in fewer bits, and what was lost. What only training needs isn't kept.
  /// - Throws: `Failure` (data): a weight isn't finite, or out of the precision's range, or the model is already stored in
  ///   fewer bits.
  public func quantized(_ precision: WeightPrecision) throws -> (model: ModelFile, loss: QuantizationLoss) {
    guard header.narrow.isEmpty else {
      throw Failure.data(
        "the model's weights are already stored in fewer bits",
        remedy: "give the model that it was made from")
    }
    var (result, loss) = (header.withoutCheckpoint, QuantizationLoss())
    let matrices = try matrixAxes()
    for (name, tensor) in result.side.sorted(by: { $0.key < $1.key }) {
      let weight = name.hasPrefix(Self.bestPrefix) ? String(name.dropFirst(Self.bestPrefix.count)) : name
      guard weights[weight] != nil else { continue }
      let bytes = tensor.count * tensor.type.byteCount
      loss.bytesBefore += bytes
      guard let axis = matrices[weight], tensor.count > 0 else {
        loss.bytesAfter += bytes
        continue
      }
      let (rounded, narrow) = try Self.narrowed(tensor, precision, keeping: axis, name: name)
      loss.bytesAfter += narrow.byteCount(tensor.count)
      loss.add(tensor.floats, rounded.floats)
      (result.side[name], result.narrow[name]) = (rounded, narrow)
    }
    return (try ModelFile(header: result), loss)
  }

  /// The matrices among the weights, with the axis of their output units.
  private func matrixAxes() throws -> [String: Int] {
    var axes: [String: Int] = [:]
    for weight in try architecture.weightedLayers().flatMap(\.weights) where weight.shape.count > 1 {
      switch weight.role.split(separator: ".").last {
      case "kernel", "recurrent_kernel", "projection": axes[weight.name] = weight.shape.count - 1
      case "embeddings": axes[weight.name] = 0
      default: break
      }
    }
    return axes
  }

  private static func narrowed(
    _ tensor: Tensor, _ precision: WeightPrecision, keeping axis: Int, name: String
  ) throws -> (Tensor, NarrowTensor) {
    let values = tensor.floats
    guard values.areAllFinite else {
      throw Failure.data(
        "the weight \(name) holds numbers that are not finite (NaN or an infinity)",
        remedy: "use a model from before its training diverged")
    }
    switch precision {
    case .float16:
      guard let most = values.map(\.magnitude).max(), most <= 65504 else {
        throw Failure.data(
          "the weight \(name) has \(values.first { $0.magnitude > 65504 } ?? 0), and float16 ends at 65504",
          remedy: "use --weights int8, or train with a penalty or clipped gradients")
      }
      return (Tensor(values.map { widenHalf(narrowHalf($0)) }, shape: tensor.shape), .half)
    case .int8:
      let (bytes, scale) = try bytes(values, tensor.shape, keeping: axis, name: name)
      return (Tensor(bytes: bytes, scale: scale, shape: tensor.shape), .bytes(bytes, scale: scale))
    }
  }

  /// Numbers as bytes, with a scale for each place on an axis, the first or the last.
  private static func bytes(
    _ values: [Float], _ shape: [Int], keeping axis: Int, name: String
  ) throws -> ([Int8], Tensor) {
    let (units, width) = (shape[axis], values.count / max(1, shape[axis]))
    func unit(_ index: Int) -> Int { axis == 0 ? index / width : index % units }
    var scales = [Float](repeating: 0, count: units)
    for index in values.indices { scales[unit(index)] = max(scales[unit(index)], values[index].magnitude) }
    for number in scales.indices where scales[number] > 0 {
      scales[number] /= 127
      guard scales[number].isNormal else {
        throw Failure.data(
          "the weight \(name) has too small a range: those of unit \(number) are below \(scales[number] * 127)",
          remedy: "use --weights float16, or leave the weights as they are")
      }
    }
    let bytes = values.indices.map { index in
      let scale = scales[unit(index)]
      return scale == 0 ? 0 : Int8(max(-127, min(127, (values[index] / scale).rounded())))
    }
    var extents = [Int](repeating: 1, count: shape.count)
    extents[axis] = units
    return (bytes, Tensor(scales, shape: extents))
  }
}

extension StreamHeader {
  /// Without the state of training that a checkpoint has besides the model.
  fileprivate var withoutCheckpoint: StreamHeader {
    var result = self
    let prefix = "rnn.checkpoint"
    result.metadata = metadata.filter { !$0.key.hasPrefix(prefix) }
    result.side = side.filter { !$0.key.hasPrefix(prefix) }
    return result
  }
}
