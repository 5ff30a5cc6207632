// Word vectors as the initial values of an embedding.

import ByteStreams
import Failures
import Networks
import Sequences
import Stage
import TensorFile

/// Vectors for the words of a stream's vocabulary.
struct EmbeddingVectors {
  private let vocabulary: Vocabulary
  private let name: String

  /// - Throws: `Failure` (data) if the stream has no vocabulary.
  init(_ header: StreamHeader, named name: String) throws {
    guard let vocabulary = try Vocabulary(header: header) else {
      throw Failure.data(
        "word vectors need the vocabulary of the stream, which has none", at: name,
        remedy: "train on a stream of rnn-tokenize")
    }
    (self.vocabulary, self.name) = (vocabulary, name)
  }

  /// Sets the rows of the network's embedding whose words have vectors; others keep their initial values.
  /// - Returns: what was done, for the user.
  /// - Throws: `Failure` (data) if there is no embedding, or no vector for it.
  func assign(_ source: PeekedSource, to network: Network) throws -> String {
    let names = network.architecture.embeddings(ofInput: 0)
    guard names.count == 1, let embedding = network.parameter(names[0]) else {
      throw Failure.data(
        "the network has \(names.isEmpty ? "no embedding" : "several embeddings") for word vectors",
        at: name)
    }
    let (rows, width) = (embedding.shape[0], embedding.shape[1])
    let layers = network.architecture.text
    let words = try WordVectors(source, named: name, width: width) { word in
      vocabulary.id(of: word).flatMap { Int($0) < rows ? $0 : nil }
    } advice: { found in
      "--layers \"" + layers.replacing("embedding(\(rows),\(width)", with: "embedding(\(rows),\(found)")
        + "\""
    }
    var values = embedding.array
    for (id, vector) in words.vectors {
      values.replaceSubrange(Int(id) * width..<(Int(id) + 1) * width, with: vector)
    }
    let found = words.vectors.count
    guard found > 0 else {
      throw Failure.data(
        "none of the \(NumberText.grouped(vocabulary.count)) words of the vocabulary has a vector", at: name,
        remedy: "tokenize as the vectors' words were: see --mode, --no-lower and --filters of rnn-tokenize")
    }
    embedding.assign(values)
    return
      "\(NumberText.grouped(found)) of \(NumberText.grouped(vocabulary.count)) words have vectors in \(name); "
      + "the others keep their initial values"
  }
}
