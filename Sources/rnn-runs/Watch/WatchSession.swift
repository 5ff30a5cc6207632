// The course of rnn-runs watch: on a screen, as lines, or once.

import ByteStreams
import Charts
import Failures
import Glibc
import JSON
import OperatingSystem
import Registry
import Screens
import Stage
import SystemPackage

final class WatchSession {
  private let command: WatchRuns
  private let run: StageRun
  private var reader: WatchReader
  /// How many pictures in a row have shown nothing that runs.
  private var idlePictures = 0

  init(_ command: WatchRuns, _ run: StageRun, _ reader: WatchReader) {
    (self.command, self.run, self.reader) = (command, run, reader)
  }

  /// Prints one picture.
  func once() throws {
    let picture = try reader.read()
    run.result(picture.json, text(picture), stream: .output, isColored: true)
    if picture.running.isEmpty { run.note("nothing is running") }
  }

  /// The picture as text, with colors for a terminal.
  private func text(_ picture: WatchPicture) -> String {
    let style = TextStyle.standardOutput
    let isTerminal = FileDescriptor.standardOutput.isTerminal
    return WatchFrame(columns: style.columns, style: style).lines(picture).map { line in
      let line = line.part(from: 0, columns: style.columns)
      return isTerminal ? line.coloredText(hasColor: style.hasColor) : line.text
    }.joined(separator: "\n")
  }

  /// Prints a line for each change, or for each new picture as JSON.
  func asLines() throws {
    let output = try run.file(nil)
    var (log, shown) = (WatchLog(), nil as WatchPicture?)
    while true {
      let picture = reader.picture()
      var lines = log.lines(picture)
      if run.wantsJSON {
        lines = picture.withoutTime == shown ? [] : [picture.json.text]
        shown = picture.withoutTime
      }
      for line in lines { try output.write(line + "\n") }
      try output.flush()
      if try isDone(picture) { return }
      if Self.readerCloses(within: command.interval) { throw ClosedPipe() }
    }
  }

  /// Waits, but not for a reader of standard output that has gone.
  private static func readerCloses(within seconds: Double) -> Bool {
    var output = pollfd(fd: FileDescriptor.standardOutput.rawValue, events: 0, revents: 0)
    return poll(&output, 1, Int32(seconds * 1000)) > 0 && Int32(output.revents) & POLLERR != 0
  }

  /// Whether there is nothing more to wait for: nothing runs, twice in a row, since a run needs a moment until its entry.
  /// - Throws: `Failure` if a run that was watched has failed, or there is no registry.
  private func isDone(_ picture: WatchPicture) throws -> Bool {
    guard command.untilDone else { return false }
    // A registry that is locked says nothing of what runs.
    if let problem = picture.problem, problem.kind != .noInput { return false }
    idlePictures = picture.running.isEmpty ? idlePictures + 1 : 0
    guard idlePictures > 1 else { return false }
    if let problem = picture.problem { throw problem }
    let named = picture.ended.filter { _ in !command.subjects.isEmpty }.map(\.run)
    let failed = try reader.outcomes().filter { $0.status != .done } + named.filter { $0.status != .done }
    guard let first = failed.first else { return true }
    let count = Set(failed.map(\.id)).count
    throw Failure.data(
      "\(counted(count, "run")) of those watched did not succeed: \(first.stage) \(first.shortID) \(first.status.rawValue)"
        + (first.error.map { ": \($0)" } ?? ""), remedy: "see rnn-runs show \(first.shortID)")
  }
}

// MARK: - At a terminal

extension WatchSession {
  /// Shows a live picture until `q` is pressed, or all is done.
  func onScreen() throws {
    let input = FileDescriptor.standardInput.isTerminal ? FileDescriptor.standardInput : nil
    let screen = TerminalScreen(input: input, output: .standardOutput, run: run)
    defer { screen.leave() }
    var (picture, position) = (reader.picture(), ListPosition())
    while try !endsAfter(picture, screen) {
      try draw(picture, &position, screen)
      let next = monotonicSeconds() + command.interval
      while let event = screen.next(within: next - monotonicSeconds()) {
        guard handle(event, &position, screen) else { return }
        try draw(picture, &position, screen)
      }
      picture = reader.picture()
    }
  }

  /// Whether all is done; then the last picture stays on the terminal.
  private func endsAfter(_ picture: WatchPicture, _ screen: TerminalScreen) throws -> Bool {
    do {
      guard try isDone(picture) else { return false }
    } catch {
      leave(screen, picture)
      throw error
    }
    leave(screen, picture)
    return true
  }

  private func leave(_ screen: TerminalScreen, _ picture: WatchPicture) {
    screen.leave()
    run.result(.null, text(picture), stream: .output, isColored: true)
  }

  /// - Returns: whether watching goes on.
  private func handle(_ event: ScreenEvent, _ position: inout ListPosition, _ screen: TerminalScreen) -> Bool
  {
    switch event {
    case .closed, .key(.character("q")), .key(.escape): return false
    case .key(.control("c")):
      run.stopAsByInterrupt()
      return false
    case .key(.control("z")): screen.suspend()
    case .key(.control("l")): screen.redraw()
    case .key(let key): _ = position.scroll(key)
    case .resized: break
    }
    return true
  }

  private func draw(
    _ picture: WatchPicture, _ position: inout ListPosition, _ screen: TerminalScreen
  ) throws {
    let size = screen.size
    var style = TextStyle(hasColor: screen.hasColor)
    style.hasUnicode = TextStyle.standardOutput.hasUnicode
    let frame = WatchFrame(columns: size.columns, style: style)
    var lines = [frame.title(picture, registry: command.common.location.path)]
    if let problem = picture.problem { lines.append(StyledLine(problem.description, Style(color: .yellow))) }
    lines.append(StyledLine())
    let room = size.lines - lines.count - 1
    var body = frame.lines(picture, chartLines: frame.chartLines(picture, room: room))
    if body.count > room { body = frame.lines(picture, isDense: true) }
    position.resize(count: body.count, height: room)
    lines += body[position.visible]
    while lines.count < size.lines - 1 { lines.append(StyledLine()) }
    let hidden = body.count - position.visible.count
    lines.append(
      StyledLine(hidden > 0 ? "q quits, arrows scroll (\(counted(hidden, "more line")))" : "q quits", .dim))
    try screen.draw(lines)
  }
}
