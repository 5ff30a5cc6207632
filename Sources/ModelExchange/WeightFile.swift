// Files with weights, from any program: recognized by their first bytes, and read whole.

import ByteStreams
import Failures
import HDF5
import Interchange
import JSON
import Networks
import OperatingSystem
import Tensor
import TensorFile

/// Weights in a file, before it is known which network they are for.
public enum WeightFile {
  /// A model of rnnpipe, or any safetensors document.
  case tensors(StreamHeader)
  /// A Keras model.
  case keras(KerasArchive)
  /// Keras weights.
  case hdf5([UInt8])
  /// An ONNX model.
  case onnx([UInt8])
  /// Layers without weights: Keras's JSON.
  case layers(JSONValue)

  /// The largest file that is read, in bytes; also the limit for models.
  private static let largest = 1 << 30

  /// Reads `source` to its end.
  /// - Parameters:
  ///   - format: the format, if the user named it and the bytes may not show it.
  ///   - stream: opens the bytes as a tensor stream.
  /// - Throws: `Failure` (data) if the file is damaged, or in an unknown format.
  public init(
    _ source: PeekedSource, named name: String, format: FileFormat? = nil,
    stream: (PeekedSource) throws -> TensorReader
  ) throws {
    var source = source
    let beginning = try source.peek(OtherFormat.peeked)
    if let other = OtherFormat(beginning: beginning), other.isUnsupported { throw other.failure }
    switch format == .onnx ? .onnx : FileFormat(beginning: beginning) {
    case .keras, .npz: self = .keras(try KerasArchive(TemporaryFile(copying: source), named: name))
    case .h5: self = .hdf5(try WeightFile.whole(&source, name))
    case .onnx: self = .onnx(try WeightFile.whole(&source, name))
    case .jsonl: self = .layers(try JSONValue(parsing: try WeightFile.whole(&source, name)))
    default: self = .tensors(try WeightFile.header(try stream(source)))
    }
  }

  /// The header of a stream; of another program's document, tensors that agree in their first dimension are weights
  /// too.
  private static func header(_ reader: TensorReader) throws -> StreamHeader {
    guard reader.header.isForeign, !reader.schema.isEmpty else {
      try reader.finish()
      return reader.header
    }
    var header = reader.header
    let chunk = try reader.readAll()
    for (name, column) in chunk.columns { header.side[name] = column.tensor }
    return header
  }

  private static func whole(_ source: inout PeekedSource, _ name: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while case let more = try source.read(upTo: 1 << 18), !more.isEmpty {
      bytes += more
      guard bytes.count <= largest else {
        throw Failure.data("the file is larger than \(largest >> 20) MiB", at: name)
      }
    }
    return bytes
  }

  /// Keras's JSON of the layers, if it is in the file; throws `Failure` (data) if the file is damaged.
  public var kerasJSON: JSONValue? {
    get throws {
      switch self {
      case .keras(let archive): archive.configuration
      case .layers(let json): json
      case .hdf5(let bytes): try LegacyKerasFile(HDF5File(bytes))?.configuration
      case .tensors, .onnx: nil
      }
    }
  }

  /// The weights for a network of these layers.
  /// - Parameter pins: modules of a PyTorch state dict that the user chose for layers, by the layers' names.
  /// - Throws: `Failure` (data) if the file's weights don't match the layers.
  public func weights(for architecture: Architecture, pins: [String: String] = [:]) throws -> ForeignWeights {
    switch self {
    case .tensors(let header):
      let own = header.isForeign ? header.side : header.side.filter { !$0.key.hasPrefix("rnn.") }
      return try ForeignWeights(tensors: own, for: architecture, pins: pins)
    case .keras(let archive):
      let order = try KerasConfig(json: archive.configuration).order(of: architecture.topology)
      return try ForeignWeights(kerasWeights: archive.weights, for: architecture, order: order)
    case .hdf5(let bytes): return try ForeignWeights(hdf5: HDF5File(bytes), for: architecture)
    case .onnx(let bytes):
      let steps = architecture.inputs.lazy.compactMap(\.steps).first
      return try ForeignWeights(ImportedONNX(bytes, steps: steps), for: architecture)
    case .layers:
      throw Failure.data(
        "it holds layers without weights", remedy: "rnn-train --config FILE --epochs 0 initializes them")
    }
  }
}

extension ForeignWeights {
  /// The weights among `tensors`, which have rnnpipe's names or are a PyTorch state dict.
  /// - Throws: `Failure`: a weight is missing or has another shape (data), or a module's layer is ambiguous.
  public init(
    tensors: [String: Tensor], for architecture: Architecture, pins: [String: String] = [:]
  ) throws {
    guard ForeignWeights.hasOurNames(tensors) else {
      self = try ForeignWeights(
        torchState: tensors, for: architecture, pins: pins)
      return
    }
    var weights: [String: Tensor] = [:]
    for weight in try architecture.weightedLayers().flatMap(\.weights) {
      weights[weight.name] = try ForeignWeights.checked(tensors[weight.name], weight)
    }
    self.weights = weights
    moves = []
  }

  /// Whether a weight has a name that PyTorch never uses.
  private static func hasOurNames(_ tensors: [String: Tensor]) -> Bool {
    tensors.keys.contains { name in
      [".kernel", ".recurrent_kernel", ".embeddings", ".gamma", ".moving_mean"].contains {
        name.hasSuffix($0)
      }
    }
  }

  private static func checked(_ tensor: Tensor?, _ weight: WeightedLayer.Weight) throws -> Tensor {
    guard let tensor else {
      throw Failure.data(
        "the weight \(weight.name) is missing", remedy: "use the layers that its weights were saved with")
    }
    guard tensor.shape == weight.shape, !tensor.type.isInteger else {
      throw Failure.data(
        "the weight \(weight.name) is \(tensor.type.rawValue)\(tensor.shape), not F32\(weight.shape)",
        remedy: "use the layers that its weights were saved with")
    }
    return Tensor(tensor.floats, shape: tensor.shape)
  }
}
