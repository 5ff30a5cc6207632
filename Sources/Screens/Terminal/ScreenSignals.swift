// The signals that concern a screen: the window's size has changed, or the process is to be stopped or goes on.

import Glibc
import Synchronization
import SystemPackage

/// Receives SIGWINCH, SIGTSTP and SIGCONT. The handler only writes the number to a pipe.
enum ScreenSignals {
  private static let numbers = [SIGWINCH, SIGTSTP, SIGCONT]

  /// Begins to receive the signals.
  /// - Returns: where their numbers can be read; nil if there are no more descriptors.
  static func start() -> FileDescriptor? {
    guard let pipe = try? FileDescriptor.pipe() else { return nil }
    for end in [pipe.readEnd, pipe.writeEnd] {
      _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end.rawValue, F_SETFL, O_NONBLOCK)
    }
    signalPipe.store(pipe.writeEnd.rawValue, ordering: .relaxed)
    numbers.forEach(install)
    return pipe.readEnd
  }

  /// Stops the process as if nothing received the signal, until it is continued. Does nothing where nobody could continue
  /// it (an orphaned process group).
  static func stop() {
    signal(SIGTSTP, SIG_DFL)
    raise(SIGTSTP)
    install(SIGTSTP)
  }

  /// The numbers that have arrived.
  static func received(_ descriptor: FileDescriptor) -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = bytes.withUnsafeMutableBytes { try? descriptor.read(into: $0) } ?? 0
    return bytes.prefix(count).map(Int32.init)
  }

  private static func install(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { passOn($0) }
    action.sa_flags = SA_RESTART
    sigemptyset(&action.sa_mask)
    sigaction(number, &action, nil)
  }
}

/// The pipe to which the handler writes; accessed before the handler is installed, so that it never initializes it.
private let signalPipe = Atomic<Int32>(-1)

private func passOn(_ number: Int32) {
  let saved = errno
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
  errno = saved
}
