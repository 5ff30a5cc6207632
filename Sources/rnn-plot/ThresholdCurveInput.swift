// ROC and precision-recall curves of a classifier's predictions: of two classes the second one, of several each against all
// others.

import Charts
import Diagnostics
import Failures
import TensorFile

extension PlotInput {
  /// With more curves than these, a picture would not be readable.
  private static let maxCurves = 20

  /// The chart of ROC curves.
  func roc() throws -> Chart {
    let scores = try ClassScores.read(run.reader(path), named: name)
    let curves = try curves(of: scores, "ROC curve") { counts in
      ROCCurve(counts).map {
        ThresholdCurve(
          name: "", x: $0.falsePositiveRate, y: $0.truePositiveRate, thresholds: $0.thresholds,
          summary: $0.area, prevalence: prevalence(counts))
      }
    } point: { hits, counts in
      (Double(hits.no) / Double(counts.negatives), Double(hits.yes) / Double(counts.positives))
    }
    return .roc(curves, note: average(curves), language: language)
  }

  /// The chart of precision-recall curves.
  func precisionRecall() throws -> Chart {
    let scores = try ClassScores.read(run.reader(path), named: name)
    let curves = try curves(of: scores, "precision-recall curve") { counts in
      PrecisionRecallCurve(counts).map {
        ThresholdCurve(
          name: "", x: $0.recall, y: $0.precision, thresholds: $0.thresholds, summary: $0.averagePrecision,
          prevalence: $0.prevalence)
      }
    } point: { hits, counts in
      hits.yes + hits.no == 0
        ? nil : (Double(hits.yes) / Double(counts.positives), Double(hits.yes) / Double(hits.yes + hits.no))
    }
    return .precisionRecall(curves, note: average(curves), language: language)
  }

  private func prevalence(_ counts: ScoreCounts) -> Double {
    Double(counts.positives) / Double(counts.positives + counts.negatives)
  }

  private func average(_ curves: [ThresholdCurve]) -> String {
    guard curves.count > 1 else { return "" }
    let mean = curves.reduce(0) { $0 + $1.summary } / Double(curves.count)
    return language.pick("macro average ", "宏平均 ") + rounded(mean)
  }

  /// The rows that are predicted as a class: of the class, and of others.
  private typealias Hits = (yes: Int, no: Int)

  /// The curves of the chosen classes.
  /// - Parameters:
  ///   - kind: what the curves are called in messages.
  ///   - make: a curve of counts; nil if it is undefined.
  ///   - point: the place of the predicted class; nil if it is undefined.
  private func curves(
    of scores: ClassScores, _ kind: String, _ make: (ScoreCounts) -> ThresholdCurve?,
    point: (Hits, ScoreCounts) -> (Double, Double)?
  ) throws -> [ThresholdCurve] {
    let chosen = try chosenClasses(scores)
    var curves: [ThresholdCurve] = []
    for number in chosen {
      let (own, positive) = scores.scores(of: number)
      let counts = ScoreCounts(scores: own, positive: positive)
      guard var curve = make(counts) else {
        guard chosen.count > 1 else { throw undefined(kind, scores.names[number], counts) }
        run.note("the \(kind) of class \(scores.names[number]) is undefined: \(extent(counts)) have it")
        continue
      }
      curve.name =
        chosen.count == 1 && !scores.hasNames && selection.column.isEmpty ? "" : scores.names[number]
      if chosen.count == 1, !scores.allowsSeveral {
        curve.chosen = point(hits(scores, number), counts)
      }
      if counts.thresholds.count == 1 { run.note("all scores are equal: the classes can't be told apart") }
      curves.append(curve)
    }
    guard !curves.isEmpty else {
      throw Failure.data(
        "the \(kind) is undefined: each class has all of the rows or none", at: name,
        remedy: "predict for rows of several classes")
    }
    return curves
  }

  private func hits(_ scores: ClassScores, _ number: Int) -> Hits {
    zip(scores.predicted, scores.trueClasses).reduce(into: (yes: 0, no: 0)) { hits, pair in
      guard pair.0 == number else { return }
      if pair.1 == number { hits.yes += 1 } else { hits.no += 1 }
    }
  }

  private func extent(_ counts: ScoreCounts) -> String {
    counts.positives == 0 ? "no rows" : "all rows"
  }

  private func undefined(_ kind: String, _ label: String, _ counts: ScoreCounts) -> Failure {
    .data(
      "\(extent(counts)) have class \(label), so the \(kind) is undefined", at: name,
      remedy: "predict for rows of several classes")
  }

  /// The selected classes; by default of two the second one, else all.
  func chosenClasses(_ scores: ClassScores) throws -> [Int] {
    if !selection.column.isEmpty {
      return try indices(of: selection.column, in: scores.names, else: "there is no class")
    }
    if scores.names.count == 2, !scores.allowsSeveral { return [1] }
    guard scores.names.count <= Self.maxCurves else {
      throw Failure.usage(
        "\(scores.names.count) classes are too many to draw (at most \(Self.maxCurves))", at: name,
        remedy: "choose some with --column")
    }
    return Array(scores.names.indices)
  }
}
