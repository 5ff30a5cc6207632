// rnn-plot history --follow: draws a history again as it grows, on a terminal's screen or into a picture.

import Charts
import Failures
import Glibc
import OperatingSystem
import Screens
import Stage
import SystemPackage

/// Follows a history.
final class HistoryFollower {
  private let command: Plot
  private let run: StageRun
  private let input: PlotInput
  private var history: FollowedHistory
  private var state = FollowedHistory.State()
  private let started = monotonicSeconds()

  init(_ command: Plot, _ input: PlotInput, _ run: StageRun) throws {
    (self.command, self.input, self.run) = (command, input, run)
    history = try FollowedHistory(input, registry: command.options.registry)
  }

  /// Draws until the run ends or the user stops, and then a last time.
  func follow() throws {
    run.catchInterrupts()
    switch try command.picture.form() {
    case .picture(let format): return try intoPicture(format)
    case .table:
      throw Failure.usage("a table is written once", at: "--follow", remedy: "leave out --follow")
    case .text: break
    }
    let isScreen = FileDescriptor.standardOutput.isTerminal && TerminalScreen.isPossible
    guard isScreen || history.ends else {
      throw Failure.usage(
        "a file is followed on a terminal, or into a picture", at: "--follow",
        remedy: "name a picture with -o")
    }
    if isScreen { try onScreen() } else { try untilEnd { _ in } }
    if !run.stopsEarly { try command.draw(lastChart(), run) }
  }

  private func chart() throws(Failure) -> Chart {
    var chart = Chart.history(state.curves, title: state.title, language: input.language)
    if let title = command.picture.title { chart.title = title }
    do { return try chart.drawable() } catch { throw error.placed(at: input.name) }
  }

  private func lastChart() throws(Failure) -> Chart {
    guard !state.curves.isEmpty else {
      throw Failure.data("there are no metrics yet", at: input.name, remedy: "follow a training run")
    }
    return try chart()
  }

  /// Looks again and again until the run has ended or the user has stopped.
  private func untilEnd(_ changed: (FollowedHistory.State) throws -> Void) throws {
    while true {
      if let next = try history.next() {
        state = next
        try changed(next)
      }
      if state.isOver { return }
      let end = monotonicSeconds() + command.follow.pause
      while monotonicSeconds() < end {
        if run.interruption.isRequested { return run.stopsEarly = true }
        usleep(UInt32(min(0.2, max(0, end - monotonicSeconds())) * 1e6))
      }
    }
  }
}

// MARK: - Pictures

extension HistoryFollower {
  private func intoPicture(_ format: PictureFormat) throws {
    try run.checkOutput(command.picture.output, holds: .any)
    try untilEnd { state in
      // Of what can't be drawn yet, there is no picture yet; the last one is drawn in any case.
      guard !state.isOver, !state.curves.isEmpty, let chart = try? chart() else { return }
      try run.replaceFile(command.picture.output ?? "", with: picture(chart, format))
    }
    let last = try lastChart()
    try run.write(picture: picture(last, format), to: command.picture.output)
    command.report(last, format.rawValue, run)
  }

  private func picture(_ chart: Chart, _ format: PictureFormat) throws -> [UInt8] {
    try Gnuplot().picture(chart, format: format, size: command.picture.size?.size)
  }
}

// MARK: - A terminal's screen

extension HistoryFollower {
  private func onScreen() throws {
    let keys = FileDescriptor.standardInput.isTerminal ? FileDescriptor.standardInput : nil
    let screen = TerminalScreen(input: keys, output: .standardOutput, run: run)
    defer { screen.leave() }
    while true {
      if let next = try history.next() { state = next }
      if state.isOver { return }
      try draw(screen)
      let end = monotonicSeconds() + command.follow.pause
      while monotonicSeconds() < end {
        if run.interruption.isRequested { run.stopAsByInterrupt() }
        if run.stopsEarly { return }
        guard let event = screen.next(within: min(0.2, end - monotonicSeconds())) else { continue }
        guard handle(event, screen) else { return }
        try draw(screen)
      }
    }
  }

  /// - Returns: whether following goes on.
  private func handle(_ event: ScreenEvent, _ screen: TerminalScreen) -> Bool {
    switch event {
    case .closed, .key(.character("q")), .key(.escape): return false
    case .key(.control("c")):
      run.stopAsByInterrupt()
      return false
    case .key(.control("z")): screen.suspend()
    case .key(.control("l")): screen.redraw()
    default: break
    }
    return true
  }

  private func draw(_ screen: TerminalScreen) throws {
    let size = screen.size
    var style = TextStyle(columns: size.columns, lines: size.lines - 1, hasColor: screen.hasColor)
    style.hasUnicode = TextStyle.standardOutput.hasUnicode
    var lines: [StyledLine] = []
    if !state.curves.isEmpty, let chart = try? chart() {
      let text = TextRenderer(style).text(chart.mapTexts(printable))
      lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().prefix(size.lines - 1)
        .map { StyledLine(finished: String($0)) }
    } else {
      lines = [StyledLine("waiting for the first epoch")]
    }
    while lines.count < size.lines - 1 { lines.append(StyledLine()) }
    let seconds = NumberText.duration(seconds: monotonicSeconds() - started)
    lines.append(StyledLine("\(state.note)  followed for \(seconds)  q quits", .dim))
    try screen.draw(lines)
  }
}
