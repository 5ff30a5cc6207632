// The input of a conversion, whatever its format, as rows.

import ByteStreams
import Failures
import Interchange
import ModelExchange
import OperatingSystem
import Stage
import Tensor
import TensorFile

/// An input whose format is known.
struct ConvertInput {
  let format: FileFormat
  private let source: PeekedSource
  private let command: Convert
  private let run: StageRun
  /// The input's name for messages.
  let name: String

  init(_ command: Convert, _ run: StageRun) throws {
    (self.command, self.run) = (command, run)
    name = inputName(command.input)
    var source = try run.source(command.input)
    format = try ConvertInput.format(&source, command, run, name)
    self.source = source
  }

  /// The format that the user chose; else that of the first bytes; else that of the name.
  private static func format(
    _ source: inout PeekedSource, _ command: Convert, _ run: StageRun, _ name: String
  ) throws -> FileFormat {
    if let format = command.from { return try readable(format, name) }
    if try run.isStream(&source) { return .stream }
    let beginning = try source.peek(OtherFormat.peeked)
    if let other = OtherFormat(beginning: beginning), other.isUnsupported {
      throw other.failure.placed(at: name)
    }
    let (found, named) = (FileFormat(beginning: beginning), FileFormat(compressedPath: name))
    if let found {
      // A zip archive or a JSON object can be one of two formats.
      let isNamed = (found == .npz && named == .keras) || (found == .jsonl && named == .json)
      return isNamed ? named ?? found : found
    }
    if let named { return try readable(named, name) }
    throw Failure.usage("the format of the input is unknown", at: name, remedy: "give it with --from")
  }

  /// Refuses a format that is only written.
  private static func readable(_ format: FileFormat, _ name: String) throws -> FileFormat {
    guard format != .c else {
      throw Failure.usage(
        "C headers are written, not read", at: name, remedy: "convert the model that it was made from")
    }
    return format
  }

  /// The input as a file of weights.
  func weightFile() throws -> WeightFile {
    try WeightFile(source, named: name, format: format) { try run.reader($0, named: name, limits: .model) }
  }

  /// The input's rows, of the chosen columns.
  /// - Parameter twice: whether they will be read more than once.
  func rows(twice: Bool) throws -> any RowSource {
    if !command.type.isEmpty, ![.csv, .tsv, .jsonl].contains(format) {
      throw Failure.usage("the elements of \(format.rawValue) already have types", at: "--type")
    }
    if let header = command.header, ![.csv, .tsv].contains(format) {
      throw Failure.usage(
        "\(format.rawValue) files have no header line", at: header ? "--header" : "--no-header")
    }
    if format == .npy {
      guard command.column.count <= 1 else {
        throw Failure.usage("a npy file holds one column", at: "--column")
      }
      guard command.rename.isEmpty else {
        throw Failure.usage("a npy file's column is named by --column", at: "--rename")
      }
      return try NpyRows(TemporaryFile(copying: source), column: command.column.first ?? "x", named: name)
    }
    let all = try allRows(twice: twice)
    if all.schema.isEmpty { return all }
    let chosen =
      command.column.isEmpty || format == .npz ? all : try ChosenColumns(all, names: command.column)
    return command.rename.isEmpty
      ? chosen : try RenamedColumns(chosen, command.rename.map { ($0.old, $0.new) })
  }

  /// An archive's columns; where the arrays differ in length, those that are renamed.
  private func npzRows() throws -> any RowSource {
    let file = try TemporaryFile(copying: source)
    let all = try NpzRows(file, columns: command.column, named: name)
    guard all.schema.isEmpty, !command.rename.isEmpty else { return all }
    return try NpzRows(file, columns: command.rename.map(\.old), named: name)
  }

  /// The bytes of a format that is text.
  private func text() throws -> PeekedSource {
    try run.text(source, named: name, encoding: command.encoding.choice())
  }

  private func allRows(twice: Bool) throws -> any RowSource {
    let types = Dictionary(command.type.map { ($0.column, $0.type) }) { $1 }
    switch format {
    case .npy: return try NpyRows(TemporaryFile(copying: source), column: "x", named: name)
    case .npz: return try npzRows()
    case .csv, .tsv:
      return try TableRows(
        TemporaryFile(copying: text()), style: format == .csv ? .csv : .tsv,
        header: .init(command.header), types: types, named: name)
    case .jsonl: return try JSONLinesRows(TemporaryFile(copying: text()), types: types, named: name)
    case .safetensors, .stream, .keras, .h5, .json, .pytorch, .onnx, .c:
      try command.encoding.choice().refuseForStream(named: name)
      let reader = try run.reader(source, named: name, limits: .model)
      if reader.schema.isEmpty { return PassingRows(reader) }
      if let shard = command.sharding.shard { return ShardStreamRows(try run.shard(shard, of: reader)) }
      run.keepsRows(of: reader)
      return twice ? try RereadableStream(reader) : PassingRows(reader)
    }
  }
}
