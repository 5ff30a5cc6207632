// The error type that is shown to users: what is wrong, where, what to do about it, and the class of the exit code.
// All libraries throw it, so stages need only one catch clause and all messages have the same form.

/// Why work can't continue, for the user at the shell.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of a failure; the raw value is the process's exit code (after BSD `sysexits.h`).
  public enum Kind: Int32, Sendable {
    /// The command line is wrong.
    case usage = 64
    /// The input is damaged, truncated, or not as expected.
    case data = 65
    /// A named input does not exist or can't be opened.
    case noInput = 66
    /// A server or service can't be reached.
    case unavailable = 69
    /// An internal error.
    case software = 70
    /// The work needs more memory than the process may use.
    case outOfMemory = 71
    /// The output can't be created.
    case cantCreate = 73
    /// Reading or writing failed.
    case io = 74
  }

  /// The class, which determines the exit code.
  public let kind: Kind
  /// The file, column or option concerned, if there is one.
  public var place: String?
  /// What is wrong, without a period.
  public let problem: String
  /// What to do about it, without a period.
  public let remedy: String?

  /// - Parameters:
  ///   - problem: what is wrong, in one line.
  ///   - at: the file, column or option concerned.
  ///   - remedy: what to do about it, in one line.
  public init(_ kind: Kind, _ problem: String, at place: String? = nil, remedy: String? = nil) {
    self.kind = kind
    self.problem = problem
    self.place = place
    self.remedy = remedy
  }

  /// Bad data (exit 65).
  public static func data(_ problem: String, at place: String? = nil, remedy: String? = nil) -> Failure {
    Failure(.data, problem, at: place, remedy: remedy)
  }

  /// A wrong command line (exit 64).
  public static func usage(_ problem: String, at place: String? = nil, remedy: String? = nil) -> Failure {
    Failure(.usage, problem, at: place, remedy: remedy)
  }

  /// A library that can't be loaded, because it is missing (exit 69), or because there is no memory for it (exit 71).
  /// - Parameters:
  ///   - reason: the dynamic linker's.
  ///   - remedy: what to do if it is missing.
  public static func library(_ name: String, reason: String, remedy: String) -> Failure {
    let lacksMemory = ["failed to map segment", "cannot allocate memory", "cannot create"].contains {
      reason.lowercased().contains($0)
    }
    return Failure(
      lacksMemory ? .outOfMemory : .unavailable, "\(name) can't be loaded: \(reason)",
      remedy: lacksMemory ? "allow the process more memory" : remedy)
  }

  /// The same failure, located at `place` unless it already has a location.
  public func placed(at place: String) -> Failure {
    Failure(kind, problem, at: self.place ?? place, remedy: remedy)
  }

  /// `FILE: what is wrong (what to do)`.
  public var description: String {
    let head = place.map { "\($0): " } ?? ""
    let tail = remedy.map { " (\($0))" } ?? ""
    return head + problem + tail
  }
}
