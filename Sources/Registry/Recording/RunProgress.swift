// How far a running stage has come: what it reports once a second while it works, for others to see.

import Foundation

/// The progress of a running stage.
public struct RunProgress: Sendable, Equatable {
  /// What is being done, such as `training`.
  public var label: String
  /// How much is done.
  public var amount: Int
  /// Of how much; nil if that isn't known.
  public var total: Int?
  /// Whether the amounts are bytes.
  public var isBytes: Bool
  /// What was done before this run, which says nothing of the rate.
  public var first: Int
  /// Seconds since this work began.
  public var seconds: Double
  /// What is said beside it, such as the current loss.
  public var text: String
  /// How many bytes of the input have been read, and its size; nil for a pipe.
  public var input: Input?

  /// The bytes of an input.
  public struct Input: Sendable, Equatable, Codable {
    /// Those that have been read.
    public let read: Int
    /// All of them.
    public let size: Int

    /// `read` of `size` bytes.
    public init(read: Int, size: Int) { (self.read, self.size) = (read, size) }
  }

  /// Progress of which nothing is known but the amount, unless told otherwise.
  public init(
    _ label: String, amount: Int, total: Int? = nil, isBytes: Bool = false, first: Int = 0,
    seconds: Double = 0,
    text: String = "", input: Input? = nil
  ) {
    (self.label, self.amount, self.total, self.isBytes) = (label, amount, total, isBytes)
    (self.first, self.seconds, self.text, self.input) = (first, seconds, text, input)
  }

  /// The share that is done, from 0 to 1: of the total if it is known, else of the input's bytes.
  public var fraction: Double? {
    let parts = total.map { (Double(amount), Double($0)) } ?? input.map { (Double($0.read), Double($0.size)) }
    guard let (done, all) = parts, all > 0 else { return nil }
    return min(1, max(0, done / all))
  }

  /// How much is done in a second; nil at the beginning.
  public var rate: Double? {
    guard seconds > 0.5, amount > first else { return nil }
    return (Double(amount) - Double(first)) / seconds
  }

  /// The seconds that the rest takes at the same rate; nil if the total isn't known.
  public var remaining: Double? {
    if let total { return rate.flatMap { amount <= total ? (Double(total) - Double(amount)) / $0 : nil } }
    guard let input, input.read > 0, input.read <= input.size, seconds > 0.5 else { return nil }
    return (Double(input.size) - Double(input.read)) * seconds / Double(input.read)
  }
}

/// A file of progress.
struct ProgressNote: Codable {
  /// The format of the files; readers ignore others.
  static let currentFormat = 1

  let format: Int
  let run: String
  let pid: Int32
  let processStart: String
  let updatedAt: Timestamp
  let progress: RunProgress
}

extension RunProgress: Codable {}
