// What the ending of an output's name promises, so that a name never lies: `-o p.csv` is CSV, or an error before any work.

import Failures

/// What an output may hold, by the ending of its name.
public enum OutputContent: Sendable {
  /// A tensor stream: `.tensors.zst`, or any name that promises nothing else.
  case stream
  /// A table with commas: `.csv`, or any name that promises nothing else.
  case csv
  /// Lines of text: `.txt`, `.tsv`, or any name that promises nothing else.
  case lines
  /// Words with tags: `.conllu`, `.conll`, `.txt`, or any name that promises nothing else.
  case tagged
  /// Anything: the command decides by the ending.
  case any

  private var endings: Set<String> {
    switch self {
    case .stream: ["zst"]
    case .csv: ["csv"]
    case .lines: ["txt", "tsv", "tab"]
    case .tagged: ["conllu", "conll", "txt"]
    case .any: []
    }
  }

  private var name: String {
    switch self {
    case .csv: "CSV"
    case .lines: "lines of text"
    case .tagged: "words with tags"
    case .stream, .any: "a tensor stream"
    }
  }

  /// What a name promises, of a command that writes streams, CSV and lines of text; nil if it promises nothing.
  public init?(promisedBy path: String?) {
    guard let ending = path.flatMap(fileEnding) else { return nil }
    guard let content = [OutputContent.csv, .lines].first(where: { $0.endings.contains(ending) }) else {
      return nil
    }
    self = content
  }

  /// Throws `Failure` (usage) where the ending of `path` is that of another format.
  public func check(_ path: String?) throws {
    if case .any = self { return }
    guard let path, let ending = fileEnding(path), !endings.contains(ending) else { return }
    throw Failure.usage(
      "the name ends in .\(ending), but this output is \(name)", at: path, remedy: remedy(path, ending))
  }

  private func remedy(_ path: String, _ ending: String) -> String {
    let base = path.dropLast(ending.count + 1)
    if case .csv = self { return "name it \(base).csv" }
    if case .lines = self { return "name it \(base).txt" }
    if case .tagged = self { return "name it \(base).conllu" }
    guard Self.converted.contains(ending) else { return "name it \(base).tensors.zst" }
    return "name it \(base).tensors.zst, and convert it: rnn-convert \(base).tensors.zst -o \(path)"
  }

  /// What rnn-convert makes of streams and models.
  private static let converted: Set = ["csv", "tsv", "jsonl", "npy", "npz", "safetensors", "keras"]
}

/// The ending of a file's name in lower case, if it is that of a known format; nil for any other name.
///
/// Of a compressed file it is the format inside: `csv` for `x.csv.zst`.
public func fileEnding(_ path: String) -> String? {
  let name = path.split(separator: "/").last ?? ""
  let parts = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().map { $0.lowercased() }
  guard let last = parts.last else { return nil }
  if last == "zst" { return parts.dropLast().last.flatMap { knownEndings.contains($0) ? $0 : nil } ?? last }
  return knownEndings.contains(last) ? last : nil
}

/// Endings of formats that people know, whether rnnpipe writes them or not.
private let knownEndings: Set = [
  "csv", "tsv", "tab", "txt", "conllu", "conll", "json", "jsonl", "ndjson", "npy", "npz", "h5", "hdf5",
  "keras", "safetensors",
  "pt",
  "pth", "onnx", "h", "pb", "tflite", "pkl", "pickle", "joblib", "parquet", "feather", "arrow", "xlsx", "xls",
  "ods",
  "png", "svg", "pdf", "jpg", "jpeg", "gif", "webp", "html", "md", "gz", "zip", "xz", "bz2", "tar", "tgz",
  "mat",
  "db", "sqlite", "xml", "yaml", "yml",
]
