// The input of rnn-tokenize before it is known what its rows are: texts with or without labels, or pairs.

import ByteStreams
import Sequences
import Stage
import TensorFile

/// An input whose first bytes have been looked at.
enum OpenedText {
  case file(PeekedSource, name: String)
  case stream(TensorReader, name: String)

  init(_ path: String?, _ run: StageRun) throws {
    var source = try run.source(path)
    let name = inputName(path)
    self =
      try run.isStream(&source)
      ? .stream(try run.reader(source, named: name), name: name) : .file(source, name: name)
  }

  /// The name of the input in messages.
  var name: String {
    switch self {
    case .file(_, let name), .stream(_, let name): name
    }
  }

  /// Whether rows are pairs: a stream says so itself; lines are pairs with `--format pairs`, or for a model of pairs.
  func holdsPairs(_ format: TextFormat?, like pairs: PairVocabularies?) -> Bool {
    switch self {
    case .file: format == .pairs || format == nil && pairs != nil
    case .stream(let reader, _): reader.header.kind == PairReader.kind
    }
  }

  /// Whether it is a stream, such as one that rnn-convert made, with the columns `vector` and `target`, and no other
  /// text.
  var describesVectors: Bool {
    guard case .stream(let reader, _) = self else { return false }
    let texts = reader.schema.filter { $0.value.isRagged && $0.value.type == .u8 }
    return Array(texts.keys) == ["target"] && reader.schema["vector"]?.isRagged == false
  }
}
