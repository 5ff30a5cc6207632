// Where the values of a run go while it is running.

import Failures

/// What is new of a run.
public struct RunPart: Sendable, Equatable {
  /// All parameters so far.
  public var parameters: [String: String]
  /// Values of metrics that have not been sent.
  public var metrics: [TrackedMetric]
  /// The run's end, with the last values.
  public var end: TrackedEnd?

  /// The values of each step, in the order of the steps, and of the names.
  var steps: [(step: Int, values: [TrackedMetric])] {
    TrackedMetric.steps(of: metrics)
  }
}

/// A run that is continued.
public struct ResumedRun: Sendable, Equatable {
  /// The id of the run that saved the state.
  public let id: String
  /// The first step that follows.
  public let firstStep: Int

  /// See the properties.
  public init(id: String, firstStep: Int) { (self.id, self.firstStep) = (id, firstStep) }
}

/// Why something was not delivered.
public struct DeliveryError: Error, Sendable {
  /// The failure.
  public let failure: Failure
  /// Whether it may be delivered later.
  public let isTransient: Bool

  /// See the properties.
  public init(_ failure: Failure, isTransient: Bool) {
    (self.failure, self.isTransient) = (failure, isTransient)
  }
}

/// A tracker's side of a running run. Used by one thread.
public protocol RunDestination: AnyObject {
  /// The most values that one call takes.
  var mostValues: Int { get }
  /// The seconds between two deliveries: what has come meanwhile is lost if the process is killed.
  var interval: Double { get }
  /// Delivers a part; after an error, the same part is delivered again, with what has come since.
  func send(_ part: RunPart) throws(DeliveryError)
}
