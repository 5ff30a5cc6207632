// The formats in which data is exchanged with other programs, and how each is recognized.

import Failures
import TensorFile

/// A format of data files.
public enum FileFormat: String, CaseIterable, Sendable {
  /// A single NumPy array.
  case npy
  /// Named NumPy arrays in a zip archive.
  case npz
  /// Comma-separated values with a header.
  case csv
  /// Tab-separated values with a header, backslash escapes.
  case tsv
  /// One JSON object per line.
  case jsonl
  /// One safetensors document.
  case safetensors
  /// A tensor stream.
  case stream
  /// A complete Keras 3 model in a zip archive.
  case keras
  /// Keras 3 weights in HDF5: `.weights.h5`.
  case h5
  /// Keras's JSON of a model's layers.
  case json
  /// A PyTorch state dict in a safetensors document, which can't be distinguished from other weights by its name or
  /// bytes.
  case pytorch
  /// An ONNX model.
  case onnx
  /// A network as a C header, which is written, not read.
  case c

  /// The format of a file by its name; nil if it can't be inferred.
  public init?(path: String) {
    let name = path.split(separator: "/").last ?? ""
    let endings = name.split(separator: ".").dropFirst().map { $0.lowercased() }
    if endings.suffix(2) == ["tensors", "zst"] {
      self = .stream
    } else if let last = endings.last, let format = FileFormat.byEnding[last] {
      self = format
    } else {
      return nil
    }
  }

  /// The format of a file that is not a tensor stream, ignoring compression: `table.csv.zst` is CSV.
  public init?(compressedPath path: String) {
    let endings = [".gz", ".bz2", ".xz", ".zst", ".Z"]
    let ending = endings.first { path.hasSuffix($0) } ?? ""
    self.init(path: String(path.dropLast(ending.count)))
  }

  private static let byEnding: [String: FileFormat] = [
    "npy": .npy, "npz": .npz, "csv": .csv, "tsv": .tsv, "tab": .tsv, "jsonl": .jsonl, "ndjson": .jsonl,
    "safetensors": .safetensors, "zst": .stream, "keras": .keras, "h5": .h5, "hdf5": .h5, "json": .json,
    "onnx": .onnx, "h": .c,
  ]

  /// The format of a file by its first bytes; nil if it can't be inferred. 64 bytes are enough.
  public init?(beginning bytes: [UInt8]) {
    if bytes.starts(with: NpyHeader.magic) {
      self = .npy
    } else if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
      // The name of an archive's first member is at byte 30.
      let isKeras = ["metadata.json", "config.json"].contains { bytes.dropFirst(30).starts(with: $0.utf8) }
      self = isKeras ? .keras : .npz
    } else if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .h5
    } else if bytes.first == UInt8(ascii: "{") {
      self = .jsonl
    } else if case .onnx? = OtherFormat(beginning: bytes) {
      self = .onnx
    } else {
      return nil
    }
  }

  /// Whether the bytes are binary.
  public var isBinary: Bool { ![.csv, .tsv, .jsonl, .json, .c].contains(self) }

  /// Whether files of this format are models or parts of models.
  public var holdsModel: Bool { [.keras, .h5, .json, .pytorch, .onnx, .c].contains(self) }
}
