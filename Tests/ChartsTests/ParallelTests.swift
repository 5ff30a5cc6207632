// Parallel axes: which runs are drawn and how, as text and as a picture.

import Charts
import Failures
import Testing

@Suite struct ParallelTests {
  private static let runs = [
    ParallelRun(label: "a", parameters: ["units": "16", "rate": "0.0001", "cell": "gru"], metric: 0.5),
    ParallelRun(label: "b", parameters: ["units": "32", "rate": "0.1", "cell": "lstm"], metric: 0.2),
    ParallelRun(label: "c", parameters: ["units": "64", "cell": "gru"], metric: 0.9),
    ParallelRun(label: "d", parameters: ["units": "64"], metric: .nan),
  ]

  private static func chart(prefersLarge: Bool = false, language: ChartLanguage = .en) -> Chart {
    .parallel(
      runs, parameters: ["units", "rate", "cell"], metric: "loss", prefersLarge: prefersLarge,
      language: language)
  }

  @Test(arguments: [
    (false, "3 runs, best loss 0.2 (b)", [0.5, 1, 0]), (true, "3 runs, best loss 0.9 (c)", [0.5, 0, 1]),
  ])
  func `runs have merits by their rank, and those without a value are left out`(
    prefersLarge: Bool, title: String, merits: [Double]
  ) throws {
    let chart = Self.chart(prefersLarge: prefersLarge)
    #expect(chart.title == title)
    let axes = try #require(chart.panels.first?.parallel)
    #expect(axes.merits == merits)
    #expect(axes.quantities.map(\.name) == ["units", "rate", "cell", "loss"])
    #expect(axes.quantities[1].values == ["0.0001", "0.1", nil])
  }

  @Test func `the text has the names and the values of all axes`() {
    let text = TextRenderer(TextStyle(columns: 80, lines: 20)).text(Self.chart())
    for word in ["units", "rate", "cell", "loss", "16", "32", "64", "0.0001", "gru", "lstm", "0.9", "0.2"] {
      #expect(text.contains(word), "\(word) in\n\(text)")
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
  }

  @Test func `wide letters keep the axes in their columns`() {
    let runs = [("甲乙", 1.0), ("丙", 2.0)].map { name, metric in
      ParallelRun(label: name, parameters: ["文字": name, "x": "1"], metric: metric)
    }
    let chart = Chart.parallel(
      runs, parameters: ["文字", "x"], metric: "loss", prefersLarge: false, language: .zh)
    let text = TextRenderer(TextStyle(columns: 60, lines: 16)).text(chart)
    #expect(chart.title == "2 次运行，最佳损失 1（甲乙）")
    #expect(text.contains("甲乙") && text.contains("丙") && text.contains("损失"))
  }

  @Test(arguments: [[], [ParallelRun(label: "a", parameters: ["x": "1e308", "y": "nan"], metric: 1)]])
  func `few runs and extreme values can be drawn`(runs: [ParallelRun]) throws {
    let chart = Chart.parallel(runs, parameters: ["x", "y"], metric: "loss", prefersLarge: false)
    #expect(!TextRenderer(TextStyle()).text(try chart.drawable()).isEmpty)
  }

  @Test func `control characters don't reach the terminal`() throws {
    let run = ParallelRun(label: "a", parameters: ["x": "\u{1B}[31m"], metric: 1)
    let chart = Chart.parallel([run], parameters: ["x"], metric: "loss", prefersLarge: false)
      .mapTexts { String($0.map { $0 == "\u{1B}" ? "?" : $0 }) }
    #expect(chart.panels[0].parallel?.quantities[0].values == ["?[31m"])
  }
}
