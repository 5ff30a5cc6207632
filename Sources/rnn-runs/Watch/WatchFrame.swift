// The live view of running stages: for each a title, a bar, metrics and a curve; below, those that ended last.

import Charts
import Failures
import Registry
import Screens
import Stage

/// Draws what is watched.
struct WatchFrame {
  let columns: Int
  let style: TextStyle

  private var hasUnicode: Bool { style.hasUnicode }

  /// All lines, without limits of the height.
  /// - Parameters:
  ///   - chartLines: the height of each training run's chart; 0 for none.
  ///   - isDense: whether there are no empty lines between runs.
  func lines(_ picture: WatchPicture, chartLines: Int = 0, isDense: Bool = false) -> [StyledLine] {
    var lines: [StyledLine] = []
    for watched in picture.running {
      if !lines.isEmpty, !isDense, !isShort(watched) { lines.append(StyledLine()) }
      lines += block(watched, at: picture.time)
      if chartLines > 0, watched.mainCurve.count > 1 { lines += chart(watched, lines: chartLines) }
    }
    if !picture.ended.isEmpty {
      if !lines.isEmpty, !isDense { lines.append(StyledLine()) }
      lines.append(StyledLine("ENDED", .bold))
      lines += picture.ended.map { ended($0, at: picture.time) }
    }
    return lines
  }

  /// As many lines as charts can have so that everything fits into `lines`; 0 if there is no room for charts.
  func chartLines(_ picture: WatchPicture, room: Int) -> Int {
    let charts = picture.running.filter { $0.mainCurve.count > 1 }.count
    guard charts > 0 else { return 0 }
    let height = (room - self.lines(picture).count) / charts
    return height < Self.smallestChart ? 0 : min(height, Self.largestChart)
  }

  private static let (smallestChart, largestChart) = (9, 18)
  /// Charts are no wider than this, which is where they are read best.
  private static let widestChart = 110
  /// The seconds without news after which they are mentioned.
  private static let longSilence = 15.0

  /// The first line: how many runs there are, in which registry, and the time.
  func title(_ picture: WatchPicture, registry: String) -> StyledLine {
    let count = picture.running.count
    var line = StyledLine(count == 0 ? "nothing is running" : "\(count) running", .bold)
    let clock = String(picture.time.localText.suffix(8))
    let room = columns - line.width - clock.count - 4
    if room > 8 { line.append("  " + shortened(registry, to: room), .dim) }
    line.pad(to: columns - clock.count)
    line.append(clock, .dim)
    return line
  }

  /// The end of a path, which says more than its beginning.
  private func shortened(_ path: String, to width: Int) -> String {
    guard displayWidth(path) > width else { return path }
    var rest = path[...]
    while displayWidth(String(rest)) > width - 1 { rest.removeFirst() }
    return "…" + rest
  }
}

// MARK: - Running

extension WatchFrame {
  private func block(_ watched: WatchedRun, at now: Timestamp) -> [StyledLine] {
    guard !isShort(watched) else { return [head(watched, at: now)] }
    return [head(watched, at: now), bar(watched, at: now), metrics(watched), curve(watched)].compactMap { $0 }
  }

  /// Whether one line is enough, since neither the share that is done nor a metric is known.
  private func isShort(_ watched: WatchedRun) -> Bool { watched.fraction == nil && watched.metrics.isEmpty }

  private func head(_ watched: WatchedRun, at now: Timestamp) -> StyledLine {
    let run = watched.run
    var line = StyledLine(run.stage, Style(color: .green, isBold: true))
    if let name = run.name { line.append("  " + clipped(name, to: max(8, columns / 3)), .bold) }
    line.append("  \(run.shortID)  \(NumberText.duration(seconds: watched.elapsed(at: now)))")
    if isShort(watched) {
      for part in words(watched) { line.append("  \(part)") }
      append(silence: watched.silence(at: now), to: &line)
    }
    line.append("  " + Words.command(run.argv.dropFirst()), .dim)
    return line
  }

  private func append(silence: Double?, to line: inout StyledLine) {
    guard let silence, silence > Self.longSilence else { return }
    line.append("  no news for \(NumberText.duration(seconds: silence))", Style(color: .yellow))
  }

  /// The bar, and what is said beside it, as far as there is room.
  private func bar(_ watched: WatchedRun, at now: Timestamp) -> StyledLine? {
    guard let fraction = watched.fraction else { return nil }
    var line = StyledLine(hasUnicode ? "  " : "  [")
    let cells = min(30, max(6, columns / 4))
    let done = Int(fraction * Double(cells))
    line.append(String(repeating: hasUnicode ? "█" : "=", count: done), Style(color: .cyan))
    line.append(String(repeating: hasUnicode ? "░" : " ", count: cells - done), .dim)
    line.append("\(hasUnicode ? "" : "]") \(Int(fraction * 100))%")
    for part in words(watched) where line.width + 2 + displayWidth(part) <= columns {
      line.append("  " + part)
    }
    append(silence: watched.silence(at: now), to: &line)
    return line
  }

  /// What is said of the progress, the most important first.
  private func words(_ watched: WatchedRun) -> [String] {
    guard let progress = watched.report?.progress else {
      return watched.metrics.first.map { first in
        [watched.epochs.map { "epoch \(first.lastStep)/\($0)" } ?? "epoch \(first.lastStep)"]
      } ?? []
    }
    if progress.amount == 0, progress.total == nil, progress.text.isEmpty { return ["waiting for input"] }
    let (unit, rate) = (progress.isBytes, progress.rate)
    func amount(_ value: Double) -> String {
      unit
        ? NumberText.bytes(value)
        : value < 100 ? NumberText.significant(value, 2) : NumberText.fixed(value, 0)
    }
    let done = amount(Double(progress.amount))
    return [
      progress.text.isEmpty ? progress.label : progress.text,
      progress.remaining.map { "\(NumberText.duration(seconds: $0)) left" },
      progress.total.map { "\(done)/\(amount(Double($0)))" } ?? done, rate.map { "\(amount($0))/s" },
      progress.text.isEmpty ? nil : progress.label,
    ].compactMap { $0 }.filter { !$0.isEmpty }
  }

  private func metrics(_ watched: WatchedRun) -> StyledLine? {
    guard let main = watched.metrics.first else { return nil }
    var line = StyledLine("  epoch \(main.lastStep)", .dim)
    for metric in watched.metrics {
      let value = metric.last.map { NumberText.significant($0, 4) } ?? "nan"
      line.append("  \(metric.name) ")
      line.append(value, metric == main ? .bold : .plain)
    }
    return line
  }

  private func curve(_ watched: WatchedRun) -> StyledLine? {
    let values = watched.mainCurve.map(\.value)
    guard values.count > 1, let main = watched.metrics.first else { return nil }
    var line = StyledLine("  \(main.name) ")
    let best = Self.best(main)
    let tail = best.map { "  best \(NumberText.significant($0.value, 4)) at \($0.step)" } ?? ""
    let room = min(60, max(8, columns - line.width - tail.count))
    line.append(Sparkline.text(values, width: room, hasUnicode: hasUnicode), Style(color: .cyan))
    line.append(tail, .dim)
    return line
  }

  /// The best value, where it is known what is better.
  static func best(_ metric: MetricSummary) -> MetricPoint? {
    guard let isLarger = try? MetricDirection.isLargerBetter(metric.name) else { return nil }
    return metric[isLarger ? .max : .min]
  }

  private func chart(_ watched: WatchedRun, lines: Int) -> [StyledLine] {
    let curves = Dictionary(grouping: watched.curves, by: \.name).sorted { $0.key < $1.key }.map {
      HistoryCurve(name: $0.key, epochs: $0.value.map { Double($0.step) }, values: $0.value.map(\.value))
    }
    var style = style
    (style.columns, style.lines) = (min(columns, Self.widestChart), lines)
    guard var chart = try? Chart.history(curves).drawable() else { return [] }
    chart.title = ""
    let text = TextRenderer(style).text(chart.mapTexts(printable))
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().prefix(lines)
      .map { StyledLine(finished: String($0)) }
  }
}

// MARK: - Ended

extension WatchFrame {
  private func ended(_ watched: WatchedRun, at now: Timestamp) -> StyledLine {
    let run = watched.run
    let (sign, style): (String, Style) =
      switch run.status {
      case .done, .running: (hasUnicode ? "✓" : "ok", Style(color: .green))
      case .failed: (hasUnicode ? "✗" : "!!", Style(color: .red))
      case .interrupted: (hasUnicode ? "■" : "--", Style(color: .yellow))
      }
    var line = StyledLine("\(sign) ", style)
    line.append((run.endedAt ?? run.startedAt).localText.suffix(8) + "  ", .dim)
    line.append(run.stage, columns: 14)
    if let name = run.name { line.append(clipped(name, to: max(8, columns / 4)) + "  ", .bold) }
    line.append("\(run.shortID)  \(Words.seconds(watched.elapsed(at: now)))")
    if run.status == .done {
      if let main = watched.metrics.first, let value = main.last {
        line.append("  \(main.name) \(NumberText.significant(value, 4))")
      }
    } else {
      line.append("  \(run.status.rawValue)", style)
      if let error = run.error { line.append(": " + error, style) }
    }
    return line
  }
}
