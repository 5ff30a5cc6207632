// The output of a conversion: a tensor stream, or one of the other formats.

import Failures
import Interchange
import ModelExchange
import Stage
import TensorFile

/// Where converted rows go.
struct ConvertOutput {
  let target: FileFormat
  let path: String?
  let run: StageRun
  /// How a model is written.
  var settings: ModelWriting

  init(target: FileFormat, path: String?, run: StageRun) {
    (self.target, self.path, self.run) = (target, path, run)
    settings = ModelWriting(version: rnnpipeVersion, path: path, run: run.id)
  }

  func write(_ rows: any RowSource) throws {
    if target == .stream { return try writeStream(rows) }
    let file = try run.file(path, binary: target.isBinary)
    let sink: ([UInt8]) throws -> Void = { try file.write($0) }
    switch target {
    case .npy: try writeNpy(rows, to: sink)
    case .npz: try writeNpz(rows, to: sink)
    case .csv: try writeTable(rows, style: .csv, to: sink)
    case .tsv: try writeTable(rows, style: .tsv, to: sink)
    case .jsonl: try writeJSONLines(rows, to: sink)
    case .safetensors: try writeSafetensors(rows, to: sink)
    case .stream, .keras, .h5, .json, .pytorch, .onnx, .c:
      throw Failure.usage("rows can't be written as \(target.rawValue)", at: "--to")
    }
    try file.finish()
  }

  private func writeStream(_ rows: any RowSource) throws {
    let stream = try run.writer(path, header: rows.header)
    try rows.chunks { try stream.write($0) }
    try stream.finish()
  }
}
