// The places of origins, and groups of steps.

import Backtests
import Failures
import Sequences
import Testing

@Suite struct OriginTests {
  private let request: WindowRequest

  init() throws {
    request = WindowRequest(try WindowLayout(length: 4, horizon: 3, inputs: ["a"], targets: ["a"]))
  }

  /// A series of so many days from day `start` on.
  private func series(_ name: String?, _ rows: Int, from start: Int? = nil) -> PanelSeries {
    var values = SeriesRows(width: 1, hasTimes: start != nil, hasParts: false)
    values.values = (0..<rows).map { Double($0 * $0 % 7) }
    if let start { values.times = (0..<rows).map { Int64(start + $0) * 86_400 } }
    return PanelSeries(name: name, statics: [], rows: values)
  }

  private func plan(
    _ series: [PanelSeries], count: Int, step: Int = 1, _ cutoffs: OriginPlan.Cutoffs? = nil
  ) throws -> OriginPlan {
    let hasTimes = series[0].rows.times != nil
    let schema = SeriesSchema(columns: ["a"], time: hasTimes ? TimeColumn(column: "day") : nil)
    let panel = try SeriesPanel(
      schema, column: series[0].name == nil ? nil : "id", staticColumns: [], series)
    let read = try BacktestPanel(panel, request, statics: [], gaps: .error, form: CSVForm())
    return try OriginPlan(read.series, request, count: count, step: step, cutoffs: cutoffs)
  }

  @Test func theLastForecastEndsWithTheSeries() throws {
    #expect(try plan([series(nil, 20)], count: 3).origins == [[15], [16], [17]])
    #expect(try plan([series(nil, 20)], count: 3, step: 4).origins == [[9], [13], [17]])
  }

  /// Before the first origin there must be a training window of 7 rows.
  @Test func aTrainingWindowIsLeft() throws {
    #expect(try plan([series(nil, 20)], count: 11).origins.first == [7])
    #expect(throws: Failure.self) { try plan([series(nil, 20)], count: 12) }
    #expect(throws: Failure.self) { try plan([series(nil, 9)], count: 1) }
    #expect(try plan([series(nil, 10)], count: 1).origins == [[7]])
  }

  /// At a cutoff, every series has the rows up to the same day; one that ended before is known as a whole, and one that
  /// begins late is not judged before it has a window.
  @Test func severalSeriesHaveTheSameCutoffs() throws {
    let all = [series("A", 20, from: 100), series("B", 12, from: 100), series("C", 8, from: 112)]
    let plan = try plan(all, count: 2)
    #expect(plan.origins == [[16, 12, 4], [17, 12, 5]])
    #expect(plan.judged == [[0, 2], [0, 2]] && plan.counts == [2, 0, 2])
    #expect(plan.forecasts(1) == 2)
  }

  @Test func originsFromTheEndOfEachSeries() throws {
    let all = [series("A", 20, from: 100), series("B", 12, from: 100), series("C", 8, from: 112)]
    let plan = try plan(all, count: 3, .series)
    #expect(plan.origins == [[15, 7, 0], [16, 8, 0], [17, 9, 0]] && plan.counts == [3, 3, 0])
    #expect(try self.plan(all.map { series($0.name, $0.rows.rows) }, count: 3) == plan)
  }

  @Test func groupsOfSteps() {
    #expect(StepGroups(horizon: 3).ranges == [0..<1, 1..<2, 2..<3])
    #expect(StepGroups(horizon: 24).ranges == [0..<6, 6..<12, 12..<18, 18..<24])
    #expect(StepGroups(horizon: 10, ends: [1, 10]).ranges == [0..<1, 1..<10])
    #expect(StepGroups.text(0..<6) == "1-6" && StepGroups.text(2..<3) == "3")
  }
}
