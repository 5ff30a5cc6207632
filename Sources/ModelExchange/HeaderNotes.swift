// What a C header says about its numbers: how the rows of the training data were cut, scaled and named.

import Failures
import Networks
import Sequences
import TensorFile

extension ModelFile {
  /// The network and its weights as a C header, whose comment explains the numbers.
  func cHeader(_ settings: ModelWriting) throws -> [UInt8] {
    let options = CHeaderOptions(
      prefix: CPrefix(path: settings.path), version: settings.version, run: settings.run,
      notes: try headerNotes())
    return try architecture.cHeader(weights: weights, narrow: header.narrow, options)
  }

  private func headerNotes() throws -> [String] {
    let lines =
      try scaleNotes("rnn.scale") + scaleNotes("rnn.known.scale") + scaleNotes("rnn.static.scale")
      + relativeNotes + classNotes() + metadataNotes
    return lines.isEmpty
      ? [] : ["The numbers are those of the training data, which were prepared as follows."] + lines
  }

  /// How columns were scaled.
  private func scaleNotes(_ key: String) throws -> [String] {
    guard let scaler = try Scaler(header: header, key: key), scaler.kind != .none else { return [] }
    guard scaler.scope == .all else {
      return ["\(key): each \(scaler.scope.rawValue) was scaled by its own values (\(scaler.kind.rawValue))."]
    }
    let columns = scaler.columns.indices.map { number in
      "  \(scaler.columns[number]): offset \(scaler.offset[number]), factor \(scaler.factor[number])"
    }
    return [
      "\(key): input = (value - offset) * factor; so an output's value = output / factor + offset. Columns:"
    ] + columns
  }

  private var relativeNotes: [String] {
    header.metadata["rnn.relative"] == "true"
      ? ["rnn.relative: from every scaled value, that of the window's last step was subtracted."] : []
  }

  private func classNotes() throws -> [String] {
    guard let names = try ClassNames(header: header)?.names, !names.isEmpty, names.count <= 100 else {
      return []
    }
    return ["Classes, in the order of their numbers: \(names.joined(separator: ", "))"]
  }

  /// The metadata that say more, as they are in the model file (docs/stream.md explains them).
  private var metadataNotes: [String] {
    [
      "rnn.window", "rnn.transform", "rnn.known", "rnn.static", "rnn.sequences", "rnn.padding",
      "rnn.vocabulary", "rnn.document", "rnn.quantiles", "rnn.distribution",
    ].compactMap { key in header.metadata[key].map { "\(key): \($0)" } }
  }
}
