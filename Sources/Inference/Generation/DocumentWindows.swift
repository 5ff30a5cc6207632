// A text, or its tokens, as windows for a model that was trained on the windows of a document.

import ByteStreams
import Failures
import Sequences
import TensorFile

/// The windows of a document.
struct DocumentWindows {
  private let source: Source
  private let length: Int

  private enum Source {
    case text(DocumentReader, Vocabulary)
    case tokens(TensorReader)
  }

  /// The tokens of a stream of rnn-tokenize --document; nil if it is another stream, or windows already.
  init?(_ reader: TensorReader, _ model: LoadedModel) throws {
    guard let form = try DocumentForm(header: reader.header), form.length == nil else { return nil }
    guard let length = model.document?.length else {
      throw Failure.data("is the tokens of a document, but the model was not trained on those")
    }
    (source, self.length) = (.tokens(reader), length)
  }

  /// The tokens of a text; nil if the model was not trained on a document.
  init?(_ text: PeekedSource, named name: String, _ model: LoadedModel) {
    guard let length = model.document?.length, let vocabulary = model.vocabulary else { return nil }
    let reader = DocumentReader(text, named: name, mode: vocabulary.rules.mode)
    (source, self.length) = (.text(reader, vocabulary), length)
  }

  /// A warning about the text read so far.
  var warning: String? { if case .text(let reader, _) = source { reader.warning } else { nil } }

  /// Calls `body` with chunks of windows. Tokens at the end that don't fill a window are left out, unless there are no
  /// others.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    var windower = TokenWindower(length: length, stride: length)
    while let chunk = try next() {
      try windower.push(chunk)
      while let windows = windower.next(atMost: windower.windowsPerChunk) { try body(windows) }
    }
    guard windower.counts.reduce(0, +) == 0 else { return }
    guard let only = windower.rest else {
      throw Failure.data(
        "has \(counted(windower.rows, "token")); at least 2 are needed, one to read and one to predict")
    }
    try body(only)
  }

  private func next() throws -> Chunk? {
    switch source {
    case .tokens(let reader): return try reader.next()
    case .text(let reader, let vocabulary):
      guard let pieces = try reader.next() else { return nil }
      return Chunk(["x": try vocabulary.tokenize(pieces).values])
    }
  }
}
