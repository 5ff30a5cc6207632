// Numbers of parameters, compared with Keras.

import Networks
import Testing

@Suite struct SummaryTests {
  @Test(arguments: [
    ("simple-rnn-classifier", 1_633), ("lstm-sentiment", 1_329_473), ("gru-sentiment", 1_317_313),
    ("stacked-sentiment", 1_344_977), ("bidirectional-sentiment", 1_378_945), ("lstm-forecaster", 31_901),
  ])
  func presets(_ name: String, _ count: Int) throws {
    let preset = try Preset.named(name)
    let topology = try preset.topology(Preset.Sizes(vocabulary: 10_000, targets: 1, classes: 2))
    let input: ValueShape =
      preset.tokenInputs.isEmpty ? .sequence(steps: 20, width: 1) : .tokens(steps: 200)
    let summary = try Architecture(topology, inputs: [input]).summary()
    #expect(summary.reduce(0) { $0 + $1.parameters } == count)
  }

  /// The counts of Keras 3.15.1 for inputs of 6 steps of 3 features.
  @Test(arguments: [
    ("layer_norm", 6), ("layer_norm(center=false)", 3), ("time_distributed(dense(4))", 16),
    ("time_distributed(dense(4,use_bias=false))", 12), ("masking", 0), ("global_average_pooling1d", 0),
    ("gru(4)", 108), ("gru(4,reset_after=false)", 96), ("gru(4,use_bias=false)", 84),
    ("bidirectional(lstm(4),backward_layer=gru(5,go_backwards))", 278), ("activation(tanh)", 0),
    ("time_distributed({dense(4,relu) dropout(0.25) layer_norm activation(tanh)})", 24),
  ])
  func layers(_ text: String, _ count: Int) throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse(text), input: .sequence(steps: 6, width: 3))
    #expect(try architecture.summary().map(\.parameters) == [count])
  }

  /// The trainable parameters and the others, for inputs of 6 steps of 3 features, as Keras 3.15.1 counts them; it
  /// would count those of a wrapper that alone is frozen as trainable.
  @Test(arguments: [
    ("batch_norm", 6, 6), ("batch_norm(center=false)", 3, 6), ("batch_norm(trainable=false)", 0, 12),
    ("dense(4,trainable=false)", 0, 16), ("bidirectional(lstm(4,trainable=false))", 0, 256),
    ("bidirectional(lstm(4),trainable=false)", 0, 256), ("time_distributed(dense(4,trainable=false))", 0, 16),
    ("bidirectional(lstm(4),backward_layer=lstm(4,go_backwards,trainable=false))", 128, 128),
    ("time_distributed({dense(4,relu) dense(2,trainable=false)})", 16, 10),
  ])
  func frozenLayers(_ text: String, _ trainable: Int, _ others: Int) throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse(text), input: .sequence(steps: 6, width: 3))
    let summary = try architecture.summary()
    #expect(summary.map(\.trainable) == [trainable])
    #expect(summary.map(\.parameters) == [trainable + others])
  }

  /// The counts of Keras 3.15.1 for layers that read a vector, of 3 numbers here, or several values.
  @Test(arguments: [
    ("v: input(vector); out: {v} repeat_vector(5)", [0], [5, 3]),
    ("v: input(vector); out: {v} activation(softmax)", [0], [3]),
    ("v: input(vector); out: {v} repeat_vector(5) gru(4)", [0, 108], [4]),
    ("v: input(vector); out: {v} repeat_vector(5) cropping1d(3:1)", [0, 0], [1, 3]),
    ("v: input(vector); w: input(vector); out: {v w} concatenate dense(2)", [0, 14], [2]),
    ("v: input(vector); one: {v} dense(2); two: {one} dense(3); three: {two} shared(one)", [8, 9], [2]),
  ])
  func graphs(_ text: String, _ counts: [Int], _ shape: [Int]) throws {
    let topology = try Topology(parsing: text)
    let architecture = try Architecture(topology, inputs: topology.inputs.map { _ in .vector(width: 3) })
    let layers = try architecture.summary().filter { $0.kind != "InputLayer" }
    #expect(layers.map(\.parameters) == counts)
    #expect(architecture.shapes().last == shape)
  }
}
