// Files of other programs that people pass where a tensor stream or weights belong, recognized by their first bytes, so
// that an error says what the file is and what to do with it.

import Failures

/// A format that is not read as a tensor stream.
public enum OtherFormat: Sendable {
  /// What torch.save writes: Python's pickle, since PyTorch 1.6 in a zip archive.
  case torch
  /// A TorchScript archive.
  case torchScript
  /// Python's pickle, also of joblib.
  case pickle
  case onnx
  /// TensorFlow's SavedModel.
  case savedModel
  /// TensorFlow Lite.
  case tensorFlowLite
  case keras
  case npz
  case npy
  case hdf5

  /// The number of bytes that are enough to recognize a format.
  public static let peeked = 256

  /// Recognizes a file by its first bytes; nil if it may be anything else.
  public init?(beginning bytes: [UInt8]) {
    // The length of a safetensors document's header can begin like anything.
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) { return nil }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      guard let archive = Self.archive(bytes) else { return nil }
      self = archive
    } else if bytes.starts(with: [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]) {
      self = .torch
    } else if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
      self = .pickle
    } else if bytes.count > 8, bytes[4..<8].elementsEqual("TFL3".utf8) {
      self = .tensorFlowLite
    } else if bytes.starts(with: [8, 1, 0x12]) {
      self = .savedModel
    } else if bytes.count > 2, bytes[0] == 8, (3...20).contains(bytes[1]),
      Self.fieldsOfONNX.contains(bytes[2])
    {
      self = .onnx
    } else if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
      self = .npy
    } else if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .hdf5
    } else {
      return nil
    }
  }

  /// The keys of the fields that can follow the format's version in an ONNX model: those of its texts, its graph and its
  /// operator sets.
  private static let fieldsOfONNX: Set<UInt8> = [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42]

  /// A zip archive's format, by the name of its first member, which begins at byte 30.
  private static func archive(_ bytes: [UInt8]) -> OtherFormat? {
    guard bytes.count > 30 else { return nil }
    let count = Int(bytes[26]) | Int(bytes[27]) << 8
    let name = String(decoding: bytes[30...].prefix(count), as: UTF8.self)
    if name.hasSuffix("/data.pkl") || name.hasSuffix("/byteorder") { return .torch }
    if name.hasSuffix(".pkl") || name.contains("/code/") { return .torchScript }
    if ["metadata.json", "config.json", "model.weights.h5"].contains(name) { return .keras }
    return name.hasSuffix(".npy") ? .npz : nil
  }

  /// Whether no rnnpipe command reads it.
  public var isUnsupported: Bool {
    switch self {
    case .torch, .torchScript, .pickle, .savedModel, .tensorFlowLite: true
    case .onnx, .keras, .npz, .npy, .hdf5: false
    }
  }

  /// What it is, and what to do with it, where a tensor stream or weights are needed.
  public var failure: Failure {
    switch self {
    case .torch:
      .data("a file of torch.save, which is a pickle: a program, not just data", remedy: Self.torchRemedy)
    case .torchScript: .data("a TorchScript archive", remedy: Self.torchRemedy)
    case .pickle: .data("a Python pickle, which is a program, not just data", remedy: Self.pickleRemedy)
    case .onnx:
      .data("an ONNX model, not a tensor stream", remedy: "rnn-convert makes an rnnpipe model of it")
    case .savedModel: .data("a TensorFlow SavedModel, which rnnpipe doesn't read", remedy: Self.kerasRemedy)
    case .tensorFlowLite:
      .data("a TensorFlow Lite model, which rnnpipe doesn't read", remedy: Self.kerasRemedy)
    case .keras:
      .data("a Keras model, not a tensor stream", remedy: "rnn-convert makes an rnnpipe model of it")
    case .npz, .npy: .data("a NumPy file, not a tensor stream", remedy: "rnn-convert makes a stream of it")
    case .hdf5:
      .data(
        "an HDF5 file, not a tensor stream", remedy: "rnn-convert reads those of Keras's models and weights")
    }
  }

  private static let torchRemedy =
    "save the weights in Python: safetensors.torch.save_file(model.state_dict(), 'model.safetensors')"
  private static let pickleRemedy =
    "save the data in Python in another format, such as numpy.savez or safetensors"
  private static let kerasRemedy = "save the model in Keras: model.save('model.keras')"
}
