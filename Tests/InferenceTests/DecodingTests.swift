// Sequences that are produced step by step, compared with the whole network on the same sequences.

import Failures
import Inference
import Networks
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct DecodingTests {
  private static let letters = "abcdef"

  private static let graphs = [
    "e: {source} embedding(10,5,mask_zero) bidirectional(lstm(3,return_sequences,return_state)); "
      + "h: {e.forward_h e.backward_h} concatenate; c: {e.forward_c e.backward_c} concatenate; "
      + "d: {target} embedding(10,4,mask_zero) lstm(6,return_sequences,initial_state={h c}); "
      + "context: {d e} attention; out: {d context} concatenate dense(6,tanh) dropout(0.2) dense(10,softmax)",
    "e: {source} embedding(10,5,mask_zero) gru(6,return_sequences,return_state); k: {e} dense(4); "
      + "low: {target} embedding(10,4) gru(6,return_sequences,initial_state={e.h}); "
      + "d: {low} simple_rnn(4,return_sequences); context: {d e k} additive_attention; "
      + "out: {context d} concatenate dense(10,softmax)",
    "e: {source} embedding(10,6) lstm(6,return_state); s: {target} embedding(10,3) "
      + "lstm(6,return_sequences,initial_state={e.state}) layer_norm; out: {s} dense(10,softmax)",
    "i: {source} embedding(10,6,mask_zero); e: {i} lstm(6,return_sequences); t: {target} shared(i); "
      + "d: {t} gru(6,return_sequences); w: {d e} dot(axes=2:2) activation(softmax); c: {w e} dot(axes=2:1); "
      + "out: {c d} add dense(10,softmax)",
  ]

  /// A model with random weights.
  private func model(_ text: String, seed: UInt64 = 3) throws -> LoadedModel {
    let topology = try Topology(parsing: text)
    let shapes = topology.inputs.map { _ in ValueShape.tokens(steps: 7) }
    let network = try Network(Architecture(topology, inputs: shapes), rows: 1, workers: 1, isTraining: false)
    try network.store.initialize(seed: seed)
    // Clear preferences, so that sequences differ.
    for parameter in network.parameters { parameter.assign(parameter.array.map { $0 * 4 }) }
    var facts = StreamHeader(kind: "padded")
    let rules = TokenRules(mode: .char)
    let tokens = Self.letters.map { Array(String($0).utf8)[...] }
    try PairVocabularies(
      source: Vocabulary(rules: PairVocabularies.sourceRules(rules), tokens: tokens),
      target: Vocabulary(rules: PairVocabularies.targetRules(rules), tokens: tokens)
    ).write(into: &facts)
    let file = ModelFile(
      network, ObjectiveText(loss: "sparse_categorical_crossentropy", metrics: []), facts: facts)
    return try LoadedModel(file.header, path: "model", usesBest: false)
  }

  private static let sources: [[Int32]] = [
    [4, 5, 6, 3], [9, 3], [4, 4, 7, 8, 9, 5, 6, 3], [5, 3], [6, 7, 8, 3], [8, 8, 3], [7, 3], [9, 9, 9, 3],
    [4, 3], [5, 6, 3],
  ]

  /// The log probability of a target by the whole network.
  private func logProbability(_ model: LoadedModel, _ source: [Int32], _ tokens: [Int32]) throws -> Double {
    let translation = try #require(Translation(model))
    let forcing = try TeacherForcing(model, translation, metrics: nil, threads: 1)
    try forcing.add(sources: [source], targets: [[1] + tokens + [3]])
    let loss = try #require(forcing.values.first { $0.name == "loss" }?.value)
    return -loss * Double(tokens.count + 1)
  }

  @Test(arguments: graphs, [1, 3])
  func probabilitiesAreThoseOfTheWholeNetwork(_ graph: String, _ width: Int) throws {
    var compared = 0
    // With most random weights, some results end before they are too long.
    for seed in 1...6 { compared += try compare(try model(graph, seed: UInt64(seed)), width) }
    #expect(compared > 0)
  }

  /// Compares the log probabilities of complete results; returns how many there were.
  private func compare(_ model: LoadedModel, _ width: Int) throws -> Int {
    var options = SearchOptions()
    (options.width, options.best, options.maxLength) = (width, width, 9)
    let decoder = try SequenceDecoder(model, try #require(Translation(model)), options, threads: 2)
    let results = try decoder.decode(Self.sources)
    var compared = 0
    for (source, found) in zip(Self.sources, results) {
      #expect(!found.isEmpty && found.count <= width)
      for hypothesis in found where hypothesis.isComplete {
        let expected = try logProbability(model, source, hypothesis.tokens)
        #expect(abs(Double(hypothesis.logProbability) - expected) < 1e-3)
        compared += 1
      }
      for hypothesis in found { #expect(hypothesis.tokens.count <= 9 && !hypothesis.tokens.contains(2)) }
    }
    return compared
  }

  @Test func wideSearchFindsTheBest() throws {
    let model = try model(Self.graphs[0])
    var options = SearchOptions()
    (options.width, options.maxLength, options.lengthPenalty) = (40, 2, 0)
    let decoder = try SequenceDecoder(model, try #require(Translation(model)), options, threads: 1)
    let letters = (4..<10).map { Int32($0) }
    let all = [[]] + letters.map { [$0] } + letters.flatMap { a in letters.map { [a, $0] } }
    for source in Self.sources.prefix(4) {
      let best = try #require(try decoder.decode([source])[0].first)
      let scores = try all.map { try logProbability(model, source, $0) }
      #expect(abs(Double(best.logProbability) - (scores.max() ?? 0)) < 1e-3)
    }
  }

  @Test func resultsDependOnNeitherThreadsNorOtherRows() throws {
    let model = try model(Self.graphs[0])
    var options = SearchOptions()
    (options.width, options.maxLength) = (4, 9)
    func decode(_ sources: [[Int32]], threads: Int) throws -> [[Int32]] {
      let decoder = try SequenceDecoder(model, try #require(Translation(model)), options, threads: threads)
      return try decoder.decode(sources).map { $0[0].tokens }
    }
    let together = try decode(Self.sources, threads: 1)
    #expect(try decode(Self.sources, threads: 3) == together)
    #expect(try Self.sources.map { try decode([$0], threads: 1)[0] } == together)
  }

  @Test(arguments: [
    (
      "e: {source} embedding(10,4) gru(8,return_sequences); "
        + "d: {target} embedding(10,4) bidirectional(gru(4,return_sequences)); c: {d e} attention; "
        + "out: {c} dense(10,softmax)", "bidirectional"
    ),
    (
      "e: {source} embedding(10,4) gru(4,return_state); "
        + "d: {target} embedding(10,4) gru(4,return_sequences,initial_state={e.h}); c: {d d} attention; "
        + "out: {c} dense(10,softmax)", "attention"
    ),
  ]) func networksThatNeedMoreThanOneStepAreRefused(_ graph: String, _ layer: String) throws {
    let model = try model(graph)
    let failure = #expect(throws: Failure.self) {
      _ = try SequenceDecoder(model, try #require(Translation(model)), SearchOptions(), threads: 1)
    }
    #expect(failure?.problem.contains(layer) == true)
  }
}
