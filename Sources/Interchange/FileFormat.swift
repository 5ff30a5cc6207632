// The formats that data is exchanged in with other programs, and how each is told.

import Failures

/// A format of data files.
public enum FileFormat: String, CaseIterable, Sendable {
  /// NumPy's single array.
  case npy
  /// NumPy's named arrays in a zip archive.
  case npz
  /// Comma-separated values with a header.
  case csv
  /// Tab-separated values with a header, backslash escapes.
  case tsv
  /// A JSON object a line.
  case jsonl
  /// One safetensors document.
  case safetensors
  /// A tensor stream.
  case stream

  /// The format that a file's name tells, nil where it tells none.
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

  private static let byEnding: [String: FileFormat] = [
    "npy": .npy, "npz": .npz, "csv": .csv, "tsv": .tsv, "tab": .tsv, "jsonl": .jsonl, "ndjson": .jsonl,
    "safetensors": .safetensors, "zst": .stream,
  ]

  /// The format that a file's first bytes tell, nil where they could be several; 8 bytes are enough.
  public init?(beginning bytes: [UInt8]) {
    if bytes.starts(with: NpyHeader.magic) {
      self = .npy
    } else if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .npz
    } else if bytes.first == UInt8(ascii: "{") {
      self = .jsonl
    } else {
      return nil
    }
  }

  /// Whether the bytes mean nothing to a person at a terminal.
  public var isBinary: Bool { ![.csv, .tsv, .jsonl].contains(self) }
}
