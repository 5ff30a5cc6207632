// Writing a model in other programs' formats, and reporting what those can't store.

import Failures
import Interchange
import ModelExchange
import Networks
import Stage
import TensorFile

extension ConvertOutput {
  /// Writes a model.
  func write(_ model: ModelFile) throws {
    switch target {
    case .stream:
      try run.writer(path, header: model.header).finish()
    case .npz, .safetensors: try write(NonRowTensors(model.header))
    case .keras, .h5, .pytorch, .json:
      let file = try run.file(path, binary: target.isBinary)
      try writeForeign(model) { try file.write($0) }
      try file.finish()
      tellLosses(model)
    default: throw Failure.usage("a model can't be written as \(target.rawValue)", at: "--to")
    }
  }

  private func writeForeign(_ model: ModelFile, to sink: @escaping ([UInt8]) throws -> Void) throws {
    switch target {
    case .h5: try sink(kerasWeights(model))
    case .pytorch: try sink((state ?? torchState(model)).encoded)
    case .keras:
      try KerasArchive.write(
        configuration: kerasConfig(model), weights: kerasWeights(model), to: sink)
    default: try sink(Array(kerasConfig(model).utf8) + [UInt8(ascii: "\n")])
    }
  }

  private func kerasConfig(_ model: ModelFile) -> String {
    model.architecture.kerasConfig(rows: batchSize ?? model.batchSize).text
  }

  /// Reports which facts are lost.
  private func tellLosses(_ model: ModelFile) {
    let kinds = [
      ("rnn.vocabulary", "the vocabulary"), ("rnn.padding", "padding"), ("rnn.window", "windows"),
      ("rnn.scale", "scaling"), ("rnn.classes", "class names"), ("rnn.relative", "relative values"),
    ]
    let names = Array(model.header.metadata.keys) + Array(model.header.side.keys)
    let lost = kinds.filter { kind in names.contains { $0 == kind.0 || $0.hasPrefix(kind.0 + ".") } }
    guard !lost.isEmpty else { return }
    run.note(
      "not stored: \(lost.map(\.1).joined(separator: ", ")); convert back with --like to restore them")
  }
}
