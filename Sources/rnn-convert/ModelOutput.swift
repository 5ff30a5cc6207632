// Writing a model in its own format or another program's, and reporting what the latter can't store.

import Failures
import Interchange
import ModelExchange
import Networks
import Stage
import TensorFile

extension ConvertOutput {
  /// Writes a model.
  func write(_ model: ModelFile) throws {
    if target == .stream { return try run.writer(path, header: model.header).finish() }
    let file = try run.file(path, binary: target.isBinary)
    try ModelExchange.write(model, as: target, settings) { try file.write($0) }
    try file.finish()
    let lost = target.holdsModel ? model.lostFacts(in: target) : []
    guard !lost.isEmpty else { return }
    let remedy = target == .c ? "" : "; convert back with --like to restore them"
    run.note("not stored: \(lost.joined(separator: ", "))\(remedy)")
  }
}
