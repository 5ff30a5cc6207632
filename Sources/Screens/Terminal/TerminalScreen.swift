// A terminal's whole screen: frames go out, keys come in. The terminal is as it was before when the screen is left, also
// by a signal or an error.

import ByteStreams
import Failures
import Glibc
import OperatingSystem
import Stage
import Synchronization
import SystemPackage

/// What has happened at the terminal.
public enum ScreenEvent: Sendable, Equatable {
  case key(Key)
  /// The window has another size, or must be drawn anew.
  case resized
  /// There is no terminal any more.
  case closed
}

/// A screen. Used on one thread, except for `leave`.
public final class TerminalScreen: Sendable {
  private let input: FileDescriptor?
  private let output: FileDescriptor
  private let mode: TerminalMode?
  private let signals: FileDescriptor?
  private let state: Mutex<State>

  private struct State {
    var painter: FramePainter
    var isShown = false
    var decoder = KeyDecoder()
    var events: [ScreenEvent] = []
  }

  /// The time in milliseconds after which ESC is the escape key; over slow connections, its sequences come in pieces.
  private static let escapeTime = 60

  /// Takes over the terminal.
  /// - Parameters:
  ///   - input: where keys come from; nil for a screen without keys.
  ///   - output: the terminal.
  ///   - run: a signal that ends it restores the terminal.
  public init(input: FileDescriptor?, output: FileDescriptor, run: StageRun) {
    (self.input, self.output) = (input, output)
    mode = input.flatMap { TerminalMode($0) }
    state = Mutex(State(painter: FramePainter(hasColor: environment("NO_COLOR") == nil)))
    signals = ScreenSignals.start()
    run.beforeSignalEnds { [weak self] in self?.leave() }
    enter()
  }

  deinit { leave() }

  /// Whether screens can be shown on a terminal of this kind (`$TERM`).
  public static var isPossible: Bool { environment("TERM").map { $0 != "dumb" } ?? false }

  /// The size; 80 by 24 where it is unknown.
  public var size: ScreenSize {
    let size = TerminalSize(of: output)
    return ScreenSize(columns: size?.columns ?? 80, lines: size?.lines ?? 24)
  }

  /// Whether text has colors: not with `NO_COLOR`.
  public var hasColor: Bool { state.withLock { $0.painter.hasColor } }

  /// Shows a frame; lines that don't fit are left out.
  /// - Throws: `ClosedPipe` if there is no terminal any more; `Failure` (io).
  public func draw(_ frame: [StyledLine]) throws {
    let size = size
    try state.withLock { state in
      guard state.isShown else { return }
      try send(state.painter.text(for: frame, size))
    }
  }

  /// Draws the next frame as a whole, in case something else has written to the terminal.
  public func redraw() { state.withLock { $0.painter.reset() } }

  /// The next event; nil if there is none for `seconds`.
  public func next(within seconds: Double) -> ScreenEvent? {
    let deadline = monotonicSeconds() + max(0, seconds)
    while true {
      if let event = state.withLock({ $0.events.isEmpty ? nil : $0.events.removeFirst() }) { return event }
      let rest = deadline - monotonicSeconds()
      guard rest > 0 || seconds <= 0 else { return nil }
      let isEscape = state.withLock { $0.decoder.isWaiting }
      let milliseconds = Int(min(max(0, rest) * 1000, 3.6e6).rounded(.up))
      receive(milliseconds: isEscape ? min(milliseconds, Self.escapeTime) : milliseconds)
      if seconds <= 0 { return state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() } }
    }
  }

  /// Whether there are events already.
  public var hasEvents: Bool {
    if state.withLock({ !$0.events.isEmpty }) { return true }
    receive(milliseconds: 0)
    return state.withLock { !$0.events.isEmpty }
  }

  /// Gives the terminal back, as it was before. Later calls do nothing.
  public func leave() {
    state.withLock { state in
      guard state.isShown else { return }
      state.isShown = false
      if mode?.isForeground ?? true { try? send(Self.leaving) }
      mode?.restore()
    }
  }

  /// Gives the terminal back and stops the process; when it is continued, takes the terminal again.
  public func suspend() {
    leave()
    ScreenSignals.stop()
    enter()
    state.withLock { $0.events.append(.resized) }
  }

  private func enter() {
    state.withLock { state in
      mode?.makeRaw()
      state.painter.reset()
      state.isShown = true
      try? send(Self.entering)
    }
  }

  /// The alternate screen, no cursor, no wrapping of long lines, marked pastes.
  private static let entering = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[?2004h"
  private static let leaving = "\u{1B}[0m\u{1B}[?2004l\u{1B}[?7h\u{1B}[2J\u{1B}[H\u{1B}[?25h\u{1B}[?1049l"

  private func send(_ text: String) throws {
    do throws(Errno) { try output.writePatiently(text) } catch {
      throw [.brokenPipe, .ioError].contains(error)
        ? ClosedPipe() : Failure(.io, "the terminal can't be written: \(error.text)")
    }
  }
}

// MARK: - Events

extension TerminalScreen {
  /// Waits for something to happen, and notes it.
  private func receive(milliseconds: Int) {
    let ready = FileDescriptor.readable([input, signals].compactMap { $0 }, milliseconds: milliseconds)
    if let signals, ready.contains(signals) { handle(ScreenSignals.received(signals)) }
    if let input, ready.contains(input) { return read(input) }
    if ready.isEmpty, milliseconds > 0 {
      state.withLock { state in state.events += state.decoder.flush().map(ScreenEvent.key) }
    }
  }

  private func handle(_ numbers: [Int32]) {
    if numbers.contains(SIGTSTP) { return suspend() }
    // After SIGSTOP, which can't be received, the shell has changed the terminal's mode.
    if numbers.contains(SIGCONT) { enter() }
    state.withLock { $0.events.append(.resized) }
  }

  private func read(_ input: FileDescriptor) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count: Int?
    do throws(Errno) {
      count = try withErrno { try bytes.withUnsafeMutableBytes { try input.read(into: $0) } }
    } catch {
      if error == .wouldBlock || error == .interrupted { return }
    }
    state.withLock { state in
      guard let count, count > 0 else { return state.events.append(.closed) }
      state.events += state.decoder.decode(bytes.prefix(count)).map(ScreenEvent.key)
    }
  }
}
