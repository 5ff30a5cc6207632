// How a run ended, and its error line and exit code.

import ArgumentParser
import ByteStreams
import Failures
import OperatingSystem
import SystemPackage

/// The end of a run.
enum Outcome: Sendable, Equatable {
  case done
  /// Stopped by a signal, or (code 0) because the reader of its output closed the pipe.
  case interrupted(code: Int32)
  case failed(Failure)

  /// The outcome for an error that was not caught.
  init(_ error: any Error) {
    switch error {
    case is ClosedPipe: self = .interrupted(code: 0)
    case let failure as Failure: self = .failed(failure)
    case let error as ValidationError: self = .failed(.usage(error.message))
    case let error as Errno: self = .failed(Failure(.io, error.text))
    default:
      self = .failed(
        Failure(.software, "internal error: \(error)", remedy: "please report it with the command line"))
    }
  }

  var exitCode: Int32 {
    switch self {
    case .done: 0
    case .interrupted(let code): code
    case .failed(let failure): failure.kind.rawValue
    }
  }
}

/// The line printed for a failure: `rnn-pad: FILE: what is wrong (what to do)`. A usage error without a remedy refers
/// to the help.
package func errorLine(_ stage: String, _ failure: Failure) -> String {
  let help = failure.kind == .usage ? "see \(stage) --help" : nil
  let advised = Failure(
    failure.kind, failure.problem, at: failure.place, remedy: failure.remedy ?? help)
  return printable("\(stage): \(advised)")
}
