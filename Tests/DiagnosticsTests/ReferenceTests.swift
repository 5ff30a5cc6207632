// Curves, calibration and residuals against scikit-learn, statsmodels and SciPy (fixtures/diagnostics/make.py).

import Diagnostics
import Foundation
import JSON
import Testing

@Suite struct DiagnosticsReferenceTests {
  private let reference: JSONValue

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "fixtures/diagnostics/reference.json")
    reference = try JSONValue(parsing: String(decoding: Data(contentsOf: file), as: UTF8.self))
  }

  private func numbers(_ value: JSONValue?) -> [Double] { value?.array?.compactMap(\.double) ?? [] }
  private func flags(_ value: JSONValue?) -> [Bool] { value?.array?.compactMap(\.bool) ?? [] }

  private func expect(
    _ values: [Double], _ expected: [Double], _ name: String, to tolerance: Double = 1e-13
  ) {
    #expect(!expected.isEmpty, "\(name)")
    let agree = zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    #expect(values.count == expected.count && agree, "\(name): \(values) instead of \(expected)")
  }

  @Test func `curves of classifiers`() throws {
    for item in try #require(reference["classifiers"]?.array) {
      let name = item["name"]?.string ?? ""
      let counts = ScoreCounts(scores: numbers(item["scores"]), positive: flags(item["positive"]))
      let roc = try #require(ROCCurve(counts))
      expect(roc.falsePositiveRate, numbers(item["roc"]?["fpr"]), name)
      expect(roc.truePositiveRate, numbers(item["roc"]?["tpr"]), name)
      expect(Array(roc.thresholds.dropFirst()), numbers(item["roc"]?["thresholds"]), name)
      #expect(roc.thresholds.first == .infinity)
      expect(
        [roc.area, roc.area], [item["roc"]?["auc"], item["roc"]?["roc_auc_score"]].compactMap { $0?.double },
        name)
      let curve = try #require(PrecisionRecallCurve(counts))
      expect(curve.precision, numbers(item["pr"]?["precision"]), name)
      expect(curve.recall, numbers(item["pr"]?["recall"]), name)
      expect(Array(curve.thresholds.dropLast()), numbers(item["pr"]?["thresholds"]), name)
      expect([curve.averagePrecision], [item["pr"]?["average"]?.double].compactMap { $0 }, name)
    }
  }

  @Test func `curves of one class are undefined`() {
    let positive = ScoreCounts(scores: [1, 2], positive: [true, true])
    #expect(ROCCurve(positive) == nil)
    #expect(PrecisionRecallCurve(positive)?.averagePrecision == 1)
    let negative = ScoreCounts(scores: [1, 2], positive: [false, false])
    #expect(ROCCurve(negative) == nil)
    #expect(PrecisionRecallCurve(negative) == nil)
    #expect(ROCCurve(ScoreCounts(scores: [], positive: [])) == nil)
  }

  @Test func `the order of rows with equal scores doesn't matter`() {
    let first = ScoreCounts(scores: [1, 1, 0, 0], positive: [true, false, true, false])
    let second = ScoreCounts(scores: [1, 1, 0, 0], positive: [false, true, false, true])
    #expect(first == second)
    #expect(ROCCurve(first)?.area == 0.5)
  }

  @Test func reliability() throws {
    for item in try #require(reference["reliability"]?.array) {
      let name = item["name"]?.string ?? ""
      var bins = ReliabilityBins(count: item["bins"]?.int ?? 0)
      for (probability, happened) in zip(numbers(item["probabilities"]), flags(item["happened"])) {
        bins.add(probability, happened: happened)
      }
      expect(bins.bins.map(\.observed), numbers(item["observed"]), name)
      expect(bins.bins.map(\.predicted), numbers(item["predicted"]), name)
      #expect(bins.histogram.map(Double.init) == numbers(item["counts"]), "\(name)")
      expect([bins.expectedCalibrationError], [item["error"]?.double].compactMap { $0 }, name)
      expect([bins.brierScore], [item["brier"]?.double].compactMap { $0 }, name)
    }
    #expect(ReliabilityBins(count: 5).expectedCalibrationError.isNaN)
  }

  @Test func residuals() throws {
    for item in try #require(reference["residuals"]?.array) {
      let name = item["name"]?.string ?? ""
      let values = numbers(item["values"])
      let correlation = try #require(Autocorrelation(values, lags: item["lags"]?.int ?? 0))
      expect(correlation.values, numbers(item["acf"]), name, to: 1e-12)
      let test = correlation.ljungBox(lags: item["tested"]?.int ?? 0)
      expect([test.statistic], [item["statistic"]?.double].compactMap { $0 }, name, to: 1e-11)
      expect([test.probability], [item["probability"]?.double].compactMap { $0 }, name, to: 1e-11)
      let fit = try #require(NormalFit(values))
      expect([fit.mean, fit.deviation], [item["mean"], item["deviation"]].compactMap { $0?.double }, name)
      expect(fit.quantiles.map(\.normal), numbers(item["quantiles"]), name, to: 1e-12)
      #expect(fit.quantiles.map(\.value) == values.sorted())
      expect([fit.density(0.7)], [item["density"]?.double].compactMap { $0 }, name)
    }
  }

  @Test func `tails of the chi-square distribution`() throws {
    for item in try #require(reference["chi_square"]?.array) {
      let tail = chiSquareTail(item["value"]?.double ?? .nan, degrees: item["degrees"]?.int ?? 0)
      let expected = try #require(item["tail"]?.double)
      #expect(abs(tail - expected) <= 1e-10 * expected + 1e-15, "\(item): \(tail)")
    }
    #expect(chiSquareTail(0, degrees: 3) == 1)
    #expect(chiSquareTail(5, degrees: 0) == 1)
    #expect(chiSquareTail(.infinity, degrees: 3) == 0)
  }

  @Test func `missing and constant residuals`() throws {
    #expect(Autocorrelation([2, 2, 2, 2], lags: 3) == nil)
    #expect(Autocorrelation([0.1, 0.1, 0.1], lags: 3) == nil)
    #expect(Autocorrelation([1, 2], lags: 1) == nil)
    #expect(Autocorrelation([], lags: 1) == nil)
    #expect(NormalFit([.nan]) == nil)
    #expect(NormalFit([3])?.deviation == 0)
    // A gap keeps its place: values two apart are not neighbors.
    let gaps = try #require(Autocorrelation([1, .nan, -1, .nan, 1, .nan, -1], lags: 2))
    #expect(gaps.values[0] == 0)
    #expect(gaps.values[1] == -0.75)
    #expect(gaps.count == 4)
  }
}
