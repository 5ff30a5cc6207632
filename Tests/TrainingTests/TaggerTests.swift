// Taggers, which share the words of a batch and order its rows by length: the same model for any number of threads, and
// if training is interrupted.

import Networks
import RandomNumbers
import Testing
import Training

@Suite struct TaggerTests {
  /// Sentences whose tags follow from the last character of each word; many words occur several times.
  private func data(rows: Int, steps: Int, length: Int) -> DataSet {
    var random = RandomStream(seed: 5)
    var (words, characters, tags): ([Int32], [Int32], [Float]) = ([], [], [])
    for _ in 0..<rows {
      let padding = random.index(below: steps)
      for step in 0..<steps {
        let word = step < padding ? 0 : 3 + random.index(below: 40)
        words.append(Int32(word))
        for place in 0..<length {
          characters.append(word > 0 && place <= word % length ? Int32(3 + (word * 7 + place) % 9) : 0)
        }
        tags.append(Float(word > 0 ? (word * 7 + word % length) % 9 % 4 : 0))
      }
    }
    return DataSet(
      rows: rows, inputs: [.tokens(words), .tokens(characters)],
      targets: [DataSet.Targets(tags, width: steps)])
  }

  func fit(
    _ last: String, _ loss: Loss, threads: Int, epochs: Int = 30, batch: Int = 32,
    _ group: ShardGroup = ShardGroup()
  ) throws -> Fit {
    let (steps, length) = (7, 5)
    let data = data(rows: 90, steps: steps, length: length)
    let topology = try Topology(
      parsing: """
        words: {x} embedding(43,6,mask_zero); letters: {chars} word_characters(12,5,lstm(4,dropout=0.2)); \
        tags: {words letters} concatenate dropout(0.2) bidirectional(gru(5,return_sequences)) \(last)
        """)
    let architecture = try Architecture(
      topology, inputs: [.tokens(steps: steps), .characters(steps: steps, length: length)])
    let network = try Network(architecture, rows: batch, workers: threads, isTraining: true, group: group)
    try network.store.initialize(seed: 4)
    let options = TrainerOptions(
      Objective(loss: loss, metrics: [.accuracy]),
      optimizer: try OptimizerSpec(parsing: "adam(0.02,clipnorm=5.0)"),
      batchSize: batch, seed: 4, threads: threads)
    let trainer = try Trainer(network, options, targetWidths: [steps])
    return try Fit(
      trainer, FitOptions(epochs: epochs), training: data.slice(0..<70), validation: data.slice(70..<90))
  }

  @Test(arguments: [("dense(4,softmax)", Loss.sparseCategoricalCrossentropy), ("dense(4) crf", .crf)])
  func learnsAndDoesNotDependOnThreads(_ last: String, _ loss: Loss) throws {
    var results: Set<[UInt32]> = []
    for threads in [1, 2, 3, 8] {
      let fit = try fit(last, loss, threads: threads)
      _ = try fit.run(StopAfter())
      results.insert(weightBits(fit.trainer))
      #expect(try #require(fit.state.history.epochs.last?.values["val_accuracy"]) > 0.9)
      fit.trainer.close()
    }
    #expect(results.count == 1)
  }
}
