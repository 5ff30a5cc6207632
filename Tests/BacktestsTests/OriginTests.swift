// The places of origins, and groups of steps.

import Backtests
import Failures
import Sequences
import Testing

@Suite struct OriginTests {
  private let layout: WindowLayout

  init() throws { layout = try WindowLayout(length: 4, horizon: 3, inputs: ["a"], targets: ["a"]) }

  @Test func theLastForecastEndsWithTheSeries() throws {
    #expect(try OriginPlan(rows: 20, layout, count: 3, step: 1).origins == [15, 16, 17])
    #expect(try OriginPlan(rows: 20, layout, count: 3, step: 4).origins == [9, 13, 17])
  }

  /// Before the first origin there must be a training window of 7 rows.
  @Test func aTrainingWindowIsLeft() throws {
    #expect(try OriginPlan(rows: 20, layout, count: 11, step: 1).origins.first == 7)
    #expect(throws: Failure.self) { try OriginPlan(rows: 20, layout, count: 12, step: 1) }
    #expect(throws: Failure.self) { try OriginPlan(rows: 9, layout, count: 1, step: 1) }
    #expect(try OriginPlan(rows: 10, layout, count: 1, step: 1).origins == [7])
  }

  @Test func groupsOfSteps() {
    #expect(StepGroups(horizon: 3).ranges == [0..<1, 1..<2, 2..<3])
    #expect(StepGroups(horizon: 24).ranges == [0..<6, 6..<12, 12..<18, 18..<24])
    #expect(StepGroups(horizon: 10, ends: [1, 10]).ranges == [0..<1, 1..<10])
    #expect(StepGroups.text(0..<6) == "1-6" && StepGroups.text(2..<3) == "3")
  }
}
