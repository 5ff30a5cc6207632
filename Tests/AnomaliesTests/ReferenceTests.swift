// Tails, quantiles, scales and measures against those of SciPy, NumPy, scikit-learn and prts
// (fixtures/anomalies/make.py).

import Anomalies
import Failures
import Foundation
import JSON
import Testing

@Suite struct ReferenceTests {
  private let reference: JSONValue

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "fixtures/anomalies/reference.json")
    reference = try JSONValue(parsing: String(decoding: Data(contentsOf: file), as: UTF8.self))
  }

  private func isNear(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance * max(abs(expected), 1e-6)
  }

  @Test func tailsAreThoseOfSciPy() throws {
    let cases = try #require(reference["tails"]?.array)
    #expect(cases.count == 4)
    for item in cases {
      let scores = try numbers(item["scores"])
      let (risk, initial) = (try number(item["risk"]), try number(item["initial"]))
      let sorted = scores.sorted()
      let start = quantile(ofSorted: sorted, initial)
      let tail = try #require(GeneralizedPareto(fitting: sorted.filter { $0 > start }.map { $0 - start }))
      #expect(abs(tail.shape - (try number(item["shape"]))) < 1e-5)
      #expect(isNear(tail.scale, try number(item["scale"]), 1e-5))
      let threshold = try AnomalyThreshold.tail(risk: risk, initial: initial).value(of: scores)
      #expect(isNear(threshold, try number(item["threshold"]), 1e-5))
    }
  }

  @Test func measuresAreThoseOfScikitLearnAndPRTS() throws {
    let cases = try #require(reference["detections"]?.array)
    #expect(cases.count == 5)
    for item in cases {
      var scores = DetectionScores()
      for (label, found) in zip(try numbers(item["labels"]), try numbers(item["detected"])) {
        scores.add(isDetected: found == 1, isLabeled: label == 1)
      }
      for (name, value) in scores.values {
        guard let expected = item[name]?.double else { continue }
        #expect(isNear(value, expected, 1e-12), "\(name)")
      }
    }
  }

  @Test func scaleAndQuantiles() throws {
    let scale = try #require(reference["scale"])
    let own = try #require(ResidualScale(try numbers(scale["values"])))
    #expect(isNear(own.center, try number(scale["center"]), 1e-12))
    #expect(isNear(own.scale, try number(scale["scale"]), 1e-12))
    let quantiles = try #require(reference["quantiles"])
    let sorted = try numbers(quantiles["values"]).sorted()
    for p in [0.9, 0.99] {
      #expect(isNear(quantile(ofSorted: sorted, p), try number(quantiles["\(p)"]), 1e-12))
    }
  }

  private func number(_ value: JSONValue?) throws -> Double { try #require(value?.double) }

  private func numbers(_ value: JSONValue?) throws -> [Double] {
    try #require(value?.array).map { try #require($0.double) }
  }
}
