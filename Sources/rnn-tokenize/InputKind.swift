// What the rows of an input are: texts with or without labels, pairs, or descriptions of vectors.

import Sequences
import Stage
import TensorFile

extension OpenedInput {
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
