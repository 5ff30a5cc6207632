// Connectionist temporal classification against PyTorch and Keras (fixtures/ctc/ctc.py), and in training.

import Foundation
import JSON
import Testing
import Training

/// A case of fixtures/ctc/ctc.txt.
private struct CTCCase {
  let values: [String: JSONValue]
  let logits: [Double]
  let steps: Int
  let classes: Int

  init(_ line: Substring) throws {
    values = try #require(try JSONValue(parsing: String(line)).object)
    logits = values["logits"]?.array?.compactMap(\.double) ?? []
    (steps, classes) = (values["steps"]?.int ?? 0, values["classes"]?.int ?? 0)
  }

  func numbers(_ key: String) -> [Double] { values[key]?.array?.compactMap(\.double) ?? [] }
  func symbols(_ value: JSONValue?) -> [Int] { value?.array?.compactMap(\.int) ?? [] }

  /// ln of the softmax of each step.
  var logarithms: [Double] {
    (0..<steps).flatMap { step in
      let row = logits[step * classes..<(step + 1) * classes]
      let log = log(row.map(exp).reduce(0, +))
      return row.map { $0 - log }
    }
  }

  static func all() throws -> [CTCCase] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("fixtures/ctc/ctc.txt"), encoding: .utf8)
    return try text.split(separator: "\n").map { try CTCCase($0) }
  }
}

@Suite struct CTCTests {
  @Test("losses and gradients are PyTorch's and Keras's")
  func losses() throws {
    let cases = try CTCCase.all()
    #expect(cases.count == 6)
    for example in cases {
      var lattice = CTCLattice()
      lattice.setLogits(steps: example.steps, classes: example.classes) {
        Float(example.logits[$0 * example.classes + $1])
      }
      let loss = lattice.loss(of: example.symbols(example.values["symbols"]))
      #expect(abs(loss - (example.values["loss"]?.double ?? 0)) < 1e-5 * loss)
      let expected = example.numbers("gradient")
      lattice.forEachGradient { step, k, gradient in
        #expect(abs(gradient - expected[step * example.classes + k]) < 1e-5)
      }
    }
  }

  @Test("decoding finds what Keras finds")
  func decoding() throws {
    for example in try CTCCase.all() {
      let logarithms = example.logarithms
      let greedy = CTCDecoder.greedy(logarithms, classes: example.classes)
      #expect(greedy.symbols == example.symbols(example.values["greedy"]))
      let beam = CTCDecoder.beam(logarithms, classes: example.classes, width: 20)
      for (number, path) in (example.values["beam"]?.array ?? []).enumerated() {
        #expect(beam[number].symbols == example.symbols(path))
        #expect(abs(beam[number].logProbability - example.numbers("scores")[number]) < 1e-4)
      }
    }
  }

  @Test("symbols that don't fit have an infinite loss and no gradient")
  func impossible() {
    var lattice = CTCLattice()
    lattice.setLogits(steps: 2, classes: 3) { _, _ in 0 }
    #expect(lattice.loss(of: [1, 1]) == .infinity)
    lattice.forEachGradient { #expect($2 == 0) }
    #expect(lattice.loss(of: [1, 2]) < .infinity)
    lattice.setLogits(steps: 0, classes: 3) { _, _ in 0 }
    #expect(lattice.loss(of: []) == 0)
  }

  @Test("a network learns where symbols are, the same with any number of threads, with masked steps")
  func training() throws {
    // Each number i from 1 to 3 is the symbol i, with zeros, which are masked or the blank, in between.
    let inputs: [[Float]] = [[0, 1, 0, 2, 0], [3, 0, 0, 3, 0], [0, 0, 2, 0, 1], [0, 0, 0, 1, 0]]
    let rows = 48
    var x: [Float] = []
    for row in 0..<rows {
      for value in inputs[row % 4] {
        for symbol in [1, 2, 3] as [Float] { x.append(value == symbol ? 1 : 0) }
      }
    }
    let symbols: [[Float]] = [[1, 2], [3, 3], [2, 1], [1, 0]]
    let y = (0..<rows).flatMap { symbols[$0 % 4] }
    let data = DataSet(rows: rows, input: .features(x), targets: y, targetWidth: 2)
    var results: [[Float]] = []
    for threads in [1, 2] {
      let trainer = try trainer(
        "masking(9) gru(8,return_sequences) dense(4,softmax)", data, steps: 5, threads: threads,
        optimizer: "adam(0.05)", loss: .ctc, metrics: [])
      var totals = trainer.emptyTotals
      for _ in 0..<60 {
        totals = trainer.emptyTotals
        trainer.step(data, Array(0..<rows), 0..<32, into: &totals)
      }
      #expect(totals.loss < 0.2)
      let outputs = trainer.predict(data)
      for row in 0..<4 {
        let logs = outputs[row * 20..<(row + 1) * 20].map { Double(log($0)) }
        let symbols = CTCDecoder.greedy(logs, classes: 4).symbols
        #expect(symbols == y[row * 2..<row * 2 + 2].map(Int.init).filter { $0 > 0 })
      }
      results.append(outputs)
      trainer.close()
    }
    #expect(results[0] == results[1])
  }
}
