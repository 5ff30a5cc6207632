// Reading a registry again and again while others write to it: each time it is opened, read and closed, so that no lock
// remains, and it can be replaced, or be created later.

import Failures

/// A registry that is read again and again.
public struct RegistryReader: Sendable {
  /// Where it is.
  public let location: RegistryLocation
  /// Whether the next reading brings the registry up to date first.
  private var mustUpdate = true

  /// The number of seconds that a reading waits for others.
  private let patience: Double

  /// - Parameters:
  ///   - location: the registry, which need not exist yet.
  ///   - patience: the number of seconds that a reading waits for others.
  public init(_ location: RegistryLocation, patience: Double = 0.5) {
    (self.location, self.patience) = (location, patience)
  }

  /// Opens the registry and reads from it. The first time, and after `update`, it is brought up to date: runs in the spool
  /// are taken in, and those whose process is gone marked.
  /// - Throws: `Failure` (noInput) if there is none, (io) if others kept it locked; any error of `body`.
  public mutating func read<Result>(_ body: (Registry) throws -> Result) throws -> Result {
    if mustUpdate {
      let registry = try Registry(location, patience: patience)
      mustUpdate = false
      return try body(registry)
    }
    do {
      return try body(try Registry(reading: location, patience: patience))
    } catch let failure as Failure where failure.kind == .cantCreate || failure.kind == .data {
      // It may have been replaced by one of an earlier version, or a writer may have been killed.
      mustUpdate = true
      throw failure
    }
  }

  /// Makes the next reading bring the registry up to date.
  public mutating func update() { mustUpdate = true }
}

extension Run {
  /// Whether the registry says that the run goes on, though its process on this machine is gone.
  public var hasVanished: Bool {
    status == .running && host == hostName()
      && ProcessIdentity(pid: pid, start: processStart).liveness == .ended
  }
}
