// The columns of the spreadsheet of runs: what they show, and how they are sorted.

import Registry
import Screens
import Stage

enum BrowserColumn: Equatable {
  case run, name, stage, status, started, time, command
  case metric(MetricColumn)
  case parameter(String)

  /// What distinguishes the column in the sheet.
  var key: String {
    switch self {
    case .metric(let column): "metric \(column.heading)"
    case .parameter(let key): "param \(key)"
    default: heading
    }
  }

  private var heading: String {
    switch self {
    case .run: "RUN"
    case .name: "NAME"
    case .stage: "STAGE"
    case .status: "STATUS"
    case .started: "STARTED"
    case .time: "TIME"
    case .command: "COMMAND"
    case .metric(let column): column.heading
    case .parameter(let key): key
    }
  }

  /// The column of the sheet.
  var sheetColumn: SheetColumn {
    let widths: [BrowserColumn: Int] = [.command: 60, .name: 24]
    return SheetColumn(
      key: key, heading: heading, isNumeric: isNumeric, isFrozen: self == .run || self == .name,
      maxWidth: widths[self] ?? 32)
  }

  private var isNumeric: Bool {
    switch self {
    case .time, .metric: true
    default: false
    }
  }

  /// How runs are sorted by the column; nil for a metric at a step.
  /// - Throws: `Failure` (usage) for the best of a metric of which it isn't known what is better.
  func order() throws -> RunOrder? {
    switch self {
    case .run, .started: .started
    case .name: .name
    case .stage: .stage
    case .status: .status
    case .time: .time
    case .command: .command
    case .parameter(let key): .parameter(key)
    case .metric(let column): try column.statistic().map { .metric(column.name, $0) }
    }
  }

  /// What the column shows of a run.
  func cell(_ compared: ComparedRun, _ values: MetricValues) -> String {
    let run = compared.run
    return switch self {
    case .run: run.shortID
    case .name: run.name ?? ""
    case .stage: run.stage
    case .status: run.status.rawValue
    case .started: String(run.startedAt.localText.prefix(16))
    case .time: Words.seconds(run.wall)
    case .command: Words.command(run.argv.dropFirst())
    case .metric(let column): values[run, column].map(Words.number) ?? ""
    case .parameter(let key): compared.parameters[key] ?? ""
    }
  }
}

extension BrowserColumn: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension Style {
  /// The style of a run's row.
  init(_ status: RunStatus) {
    self.init()
    switch status {
    case .done: break
    case .failed: color = .red
    case .interrupted: color = .yellow
    case .running: color = .green
    }
  }
}
