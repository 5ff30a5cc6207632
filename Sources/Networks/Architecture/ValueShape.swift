// The shape of one row of a value in a network: a column of the stream, or a layer's output.

/// The shape of a row of a value.
public enum ValueShape: Sendable, Hashable {
  /// Token ids, `[steps]`.
  case tokens(steps: Int)
  /// Numbers at each time step, `[steps, width]`.
  case sequence(steps: Int, width: Int)
  /// Numbers without a time axis, `[width]`.
  case vector(width: Int)

  /// Time steps; nil for a vector.
  public var steps: Int? {
    switch self {
    case .tokens(let steps), .sequence(let steps, _): steps
    case .vector: nil
    }
  }

  /// The number of values of a step, or of the vector; 0 for token ids, which have no features.
  public var width: Int {
    switch self {
    case .tokens: 0
    case .sequence(_, let width), .vector(let width): width
    }
  }

  /// The sizes of the axes.
  public var extents: [Int] {
    switch self {
    case .tokens(let steps): [steps]
    case .sequence(let steps, let width): [steps, width]
    case .vector(let width): [width]
    }
  }

  /// Whether these are token ids.
  public var isTokens: Bool { if case .tokens = self { true } else { false } }

  /// The same shape with another number of steps; a vector is unchanged.
  public func with(steps: Int) -> ValueShape {
    switch self {
    case .tokens: .tokens(steps: steps)
    case .sequence(_, let width): .sequence(steps: steps, width: width)
    case .vector: self
    }
  }

  /// The same shape with another width.
  func with(width: Int) -> ValueShape {
    switch self {
    case .tokens(let steps), .sequence(let steps, _): .sequence(steps: steps, width: width)
    case .vector: .vector(width: width)
    }
  }
}

extension ValueShape: CustomStringConvertible {
  /// `200 token ids`, `50 steps of 3 numbers`, `8 numbers`.
  public var description: String {
    switch self {
    case .tokens(let steps): Self.count(steps, "token id")
    case .sequence(let steps, let width): "\(Self.count(steps, "step")) of \(Self.count(width, "number"))"
    case .vector(let width): Self.count(width, "number")
    }
  }

  private static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
