// Class weights: their syntax, balancing, and the weights of rows.

import Failures
import Testing
import Training

@Suite struct ClassWeightTests {
  private func data(_ targets: [Float], width: Int = 1) -> DataSet {
    let rows = targets.count / width
    return DataSet(
      rows: rows, input: .features([Float](repeating: 0, count: rows)), targets: targets, targetWidth: width)
  }

  private func weights(_ text: String, names: [String] = [], _ data: DataSet, _ loss: Loss, classes: Int)
    throws -> [Float]
  {
    try ClassWeights(parsing: text, names: names).applied(to: data, loss: loss, classes: classes).weights
  }

  @Test func classesAreWeightedByIDAndName() throws {
    let data = data([0, 1, 1, 2])
    let loss = Loss.sparseCategoricalCrossentropy
    #expect(try weights("0=2,2=0.5", data, loss, classes: 3) == [2, 1, 1, 0.5])
    #expect(try weights("b=3,a=2", names: ["a", "b", "c"], data, loss, classes: 3) == [2, 3, 3, 1])
    #expect(try weights("a=b=4", names: ["a=b"], data, loss, classes: 3) == [4, 1, 1, 1])
  }

  @Test func balancingGivesAllClassesTheSameTotal() throws {
    // scikit-learn: rows / (classes * rows of the class)
    let weights = try weights(
      "balanced", data([0, 0, 0, 1, 2, 2]), .sparseCategoricalCrossentropy, classes: 3)
    #expect(weights == [Float(6.0 / 9), Float(6.0 / 9), Float(6.0 / 9), 2, 1, 1])
  }

  @Test func oneHotRowsAndStepsHaveClasses() throws {
    let oneHot = data([0, 1, 1, 0], width: 2)
    #expect(try weights("1=3", oneHot, .categoricalCrossentropy, classes: 2) == [3, 1])
    let steps = data([0, 1, 1, 0], width: 2)
    #expect(try weights("1=3", steps, .sparseCategoricalCrossentropy, classes: 2) == [1, 3, 3, 1])
    #expect(try weights("1=3", data([0, 1]), .binaryCrossentropy, classes: 1) == [1, 3])
  }

  @Test(arguments: ["", "0", "0=x", "0=-1", "x=1", "0=1,0=2", "-1=2", "0=nan", "balance"])
  func invalidTextIsRefused(text: String) {
    #expect(throws: Failure.self) { try ClassWeights(parsing: text, names: []) }
  }

  @Test func valuesHaveNoClasses() throws {
    #expect(throws: Failure.self) { try weights("0=1", data([0, 1]), .meanSquaredError, classes: 1) }
  }

  @Test func weightsOfRowsAndClassesAreMultiplied() throws {
    let rows = data([0, 1, 1]).weighted([0.5, 2, 0])
    #expect(try weights("0=4,1=3", rows, .binaryCrossentropy, classes: 1) == [2, 6, 0])
    let steps = data([0, 1, 1, 0], width: 2).weighted([2, 0.5])
    #expect(try weights("1=3", steps, .sparseCategoricalCrossentropy, classes: 2) == [2, 6, 1.5, 0.5])
  }

  @Test func rowsOfWeightZeroDoNotAffectTraining() throws {
    let data = meanTask(rows: 40)
    let values = data.targets[0].values
    var results: [[UInt32]] = []
    for targets in [
      values, values.enumerated().map { $0.offset % 2 == 0 ? $0.element : 1 - $0.element },
    ] {
      let weighted = DataSet(
        rows: 40, input: data.inputs[0], targets: targets, targetWidth: 1,
        weights: (0..<40).map { Float(1 - $0 % 2) })
      let trainer = try trainer("lstm(4) dense(1,sigmoid)", data)
      _ = try Fit(trainer, FitOptions(epochs: 2), training: weighted, validation: nil).run(StopAfter())
      results.append(weightBits(trainer))
    }
    #expect(results[0] == results[1])
  }
}
