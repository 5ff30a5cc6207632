// The mode of a terminal: raw while a program shows a screen, and as it was before in all other moments.

import Glibc
import OperatingSystem
import SystemPackage

/// The settings of a terminal that are to be restored.
struct TerminalMode: Sendable {
  private let descriptor: FileDescriptor
  private let original: termios

  /// Nil if the descriptor is no terminal.
  init?(_ descriptor: FileDescriptor) {
    var settings = termios()
    guard tcgetattr(descriptor.rawValue, &settings) == 0 else { return nil }
    (self.descriptor, original) = (descriptor, settings)
  }

  /// Passes on every key at once and without an echo; Ctrl-C and Ctrl-Z are keys like others.
  func makeRaw() {
    var settings = original
    cfmakeraw(&settings)
    tcsetattr(descriptor.rawValue, TCSANOW, &settings)
  }

  /// Restores the settings; a process in the background must leave the terminal as it is.
  func restore() {
    guard isForeground else { return }
    var settings = original
    tcsetattr(descriptor.rawValue, TCSANOW, &settings)
  }

  /// Whether this process is the one that the terminal's keys go to.
  var isForeground: Bool { tcgetpgrp(descriptor.rawValue) == getpgrp() }
}

extension FileDescriptor {
  /// Waits until one of the descriptors can be read.
  /// - Parameter milliseconds: the longest time to wait; negative for any time.
  /// - Returns: those that can be read, or are at their end; none also after a signal.
  static func readable(_ descriptors: [FileDescriptor], milliseconds: Int) -> [FileDescriptor] {
    var polls = descriptors.map { pollfd(fd: $0.rawValue, events: Int16(POLLIN), revents: 0) }
    guard poll(&polls, UInt(polls.count), Int32(clamping: milliseconds)) > 0 else { return [] }
    return zip(descriptors, polls).filter { $1.revents != 0 }.map(\.0)
  }

  /// Writes all of `text`, and waits where the terminal isn't ready.
  func writePatiently(_ text: String) throws(Errno) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      do throws(Errno) {
        let written = try withErrno { try rest.withUnsafeBytes { try write($0) } }
        rest = rest.dropFirst(written)
      } catch {
        guard error == .wouldBlock || error == .resourceTemporarilyUnavailable else { throw error }
        var wait = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wait, 1, 1000)
      }
    }
  }
}
