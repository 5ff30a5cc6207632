// What the user should know of the origins of several series: which series are left out, and which have fewer origins than
// others.

import Failures
import Sequences

/// Messages about a plan.
public struct OriginAdvice {
  private static let shown = 5
  private let plan: OriginPlan
  private let series: [CheckedSeries]
  private let cutoffs: OriginPlan.Cutoffs
  private let request: WindowRequest
  private let step: Int

  /// - Parameters:
  ///   - panel: the series of the plan.
  ///   - cutoffs: from where origins were counted.
  ///   - step: the rows from one origin to the next.
  public init(_ plan: OriginPlan, _ panel: BacktestPanel, _ cutoffs: OriginPlan.Cutoffs?, step: Int) {
    (self.plan, series, request, self.step) = (plan, panel.series, panel.request, step)
    self.cutoffs = cutoffs ?? (panel.times == nil ? .series : .time)
  }

  /// Series without origins, and rows that a model knows before their time.
  public var warnings: [String] {
    guard series.count > 1 else { return [] }
    return [leftOut, leak].compactMap(\.self)
  }

  /// Series with fewer origins than others.
  public var notes: [String] {
    let all = plan.origins.count
    let some = series.indices.filter { (1..<all).contains(plan.counts[$0]) }
    guard series.count > 1, !some.isEmpty else { return [] }
    let names = some.map { "\(series[$0].name ?? "") (\(plan.counts[$0]))" }
    return [
      "\(some.count) series \(some.count == 1 ? "has" : "have") fewer than the \(all) origins: \(list(names))"
    ]
  }

  private var leftOut: String? {
    let none = series.indices.filter { plan.counts[$0] == 0 }
    guard !none.isEmpty else { return nil }
    let isOne = none.count == 1
    if cutoffs == .series {
      let names = none.map { index in
        let last = series[index].history - request.layout.horizon - request.leastRows
        return "\(series[index].name ?? "") (\(last < 0 ? 0 : last / step + 1))"
      }
      return
        "\(none.count) series \(isOne ? "has" : "have") no room for \(counted(plan.origins.count, "origin")) and "
        + "\(isOne ? "is" : "are") left out: \(list(names)); in parentheses, the origins that fit"
    }
    return "\(none.count) series \(isOne ? "has" : "have") no window with its truth at any origin and "
      + "\(isOne ? "is" : "are") not judged: \(list(none.map { series[$0].name ?? "" })) (--cutoffs series counts the "
      + "origins from the end of each series)"
  }

  /// A model that knows the future of a series by other series that end later.
  private var leak: String? {
    guard cutoffs == .series else { return nil }
    let judged = series.indices.filter { plan.counts[$0] > 0 }
    guard let first = plan.origins.first else { return nil }
    let ends = judged.compactMap { index in
      series[index].historyTimes.map { (index, cutoff: $0[first[index] - 1]) }
    }
    guard let early = ends.min(by: { $0.cutoff < $1.cutoff }),
      let late = ends.max(by: { $0.cutoff < $1.cutoff }), early.cutoff != late.cutoff
    else { return nil }
    return
      "the series end at different times: when the model forecasts \(series[early.0].name ?? ""), it knows later rows of "
      + "\(series[late.0].name ?? "") (--cutoffs time has the same origins for all)"
  }

  private func list(_ names: [String]) -> String {
    names.prefix(Self.shown).joined(separator: ", ") + (names.count > Self.shown ? ", ..." : "")
  }
}
