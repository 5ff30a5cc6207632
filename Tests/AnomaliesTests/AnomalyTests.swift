// Thresholds, scales and measures at their limits.

import Anomalies
import Failures
import Testing

@Suite struct AnomalyTests {
  @Test func thresholdsAreReadAndWritten() throws {
    #expect(try AnomalyThreshold(parsing: "quantile(0.995)") == .quantile(0.995))
    #expect(try AnomalyThreshold(parsing: "quantile") == .usual)
    #expect(try AnomalyThreshold(parsing: "tail(1e-4,initial=0.9)") == .tail(risk: 1e-4, initial: 0.9))
    let tail = AnomalyThreshold.tail(risk: 0.001, initial: 0.98)
    #expect(try AnomalyThreshold(parsing: tail.description) == tail)
  }

  @Test(arguments: ["quantile(1)", "quantile(0)", "quantile(nan)", "tail(0.05)", "sigma(3)", "", "tail(q=1)"])
  func otherThresholdsAreRefused(_ text: String) {
    #expect(throws: Failure.self) { try AnomalyThreshold(parsing: text) }
  }

  @Test func fewPeaksAreNoTail() {
    let scores = (0..<100).map { Double($0) }
    #expect(throws: Failure.self) { try AnomalyThreshold.tail(risk: 0.001, initial: 0.98).value(of: scores) }
  }

  /// Excesses that are all the same, and a single value.
  @Test func degenerateExcesses() {
    #expect(GeneralizedPareto(fitting: [1]) == nil)
    #expect(GeneralizedPareto(fitting: [1, 0]) == nil)
    if let same = GeneralizedPareto(fitting: [2, 2, 2, 2]) {
      #expect(same.excess(exceededWith: 0.1).isFinite)
    }
  }

  @Test func scaleOfMostlyEqualResiduals() {
    #expect(ResidualScale([1, 1, 1]) == nil)
    #expect(ResidualScale([]) == nil)
    #expect(ResidualScale([0, 0, 0, 2]) == ResidualScale(center: 0, scale: 1))
  }

  /// One labeled range of four steps is found by two detections of one step; a third is wrong.
  @Test func rangesAndPoints() {
    var scores = DetectionScores()
    let labels = [0, 1, 1, 1, 1, 0, 0], found = [0, 1, 0, 1, 0, 0, 1]
    for (label, found) in zip(labels, found) { scores.add(isDetected: found == 1, isLabeled: label == 1) }
    let values = Dictionary(uniqueKeysWithValues: scores.values.map { ($0.name, $0.value) })
    #expect(values["precision"] == 2.0 / 3 && values["recall"] == 0.5)
    #expect(values["range_recall"] == 0.25 && values["range_precision"] == 2.0 / 3)
    #expect(abs((values["point_adjusted_f1"] ?? 0) - 8.0 / 9) < 1e-15)
  }

  @Test func nothingDetectedIsZero() {
    var scores = DetectionScores()
    scores.add(isDetected: false, isLabeled: true)
    #expect(scores.values.allSatisfy { $0.value == 0 })
  }

  @Test func anInterruptionEndsRanges() {
    var scores = DetectionScores()
    scores.add(isDetected: true, isLabeled: true)
    scores.interrupt()
    scores.add(isDetected: false, isLabeled: true)
    #expect(scores.values.first { $0.name == "range_recall" }?.value == 0.5)
  }
}
