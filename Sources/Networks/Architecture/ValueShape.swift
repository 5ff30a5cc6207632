// The shape of one row of a value in a network: a column of the stream, or a layer's output.

import Failures

/// The shape of one row of a value.
public enum ValueShape: Sendable, Hashable {
  /// Token ids, `[steps]`.
  case tokens(steps: Int)
  /// Ids of the characters of each word, `[steps, length]`.
  case characters(steps: Int, length: Int)
  /// Numbers at each time step, `[steps, width]`.
  case sequence(steps: Int, width: Int)
  /// Numbers without a time axis, `[width]`.
  case vector(width: Int)
  /// A value of this shape for each of a row's channels, which layers process as rows; never a column of a stream.
  indirect case channels(Int, ValueShape)

  /// Time steps; nil for a vector.
  public var steps: Int? {
    switch self {
    case .tokens(let steps), .characters(let steps, _), .sequence(let steps, _): steps
    case .vector: nil
    case .channels(_, let channel): channel.steps
    }
  }

  /// The number of channels; nil if the value is one of the whole row.
  public var channels: Int? { if case .channels(let count, _) = self { count } else { nil } }

  /// The shape of one channel, or the shape itself if there are none.
  var ofChannel: ValueShape { if case .channels(_, let channel) = self { channel } else { self } }

  /// The number of values of a step, or of the vector; 0 for token ids, which have no features.
  public var width: Int {
    switch self {
    case .tokens, .characters: 0
    case .sequence(_, let width), .vector(let width): width
    case .channels(_, let channel): channel.width
    }
  }

  /// The sizes of the axes.
  public var extents: [Int] {
    switch self {
    case .tokens(let steps): [steps]
    case .characters(let steps, let length): [steps, length]
    case .sequence(let steps, let width): [steps, width]
    case .vector(let width): [width]
    case .channels(let count, let channel): [count] + channel.extents
    }
  }

  /// Whether these are ids, of tokens or of characters.
  public var isTokens: Bool {
    switch self {
    case .tokens, .characters: true
    case .sequence, .vector, .channels: false
    }
  }

  /// The same shape with another number of steps; a vector is unchanged.
  public func with(steps: Int) -> ValueShape {
    switch self {
    case .tokens: .tokens(steps: steps)
    case .characters(_, let length): .characters(steps: steps, length: length)
    case .sequence(_, let width): .sequence(steps: steps, width: width)
    case .vector: self
    case .channels(let count, let channel): .channels(count, channel.with(steps: steps))
    }
  }

  /// The same shape with another width.
  func with(width: Int) -> ValueShape {
    switch self {
    case .tokens(let steps), .characters(let steps, _), .sequence(let steps, _):
      .sequence(steps: steps, width: width)
    case .vector: .vector(width: width)
    case .channels(let count, let channel): .channels(count, channel.with(width: width))
    }
  }
}

extension ValueShape: CustomStringConvertible {
  /// `200 token ids`, `30 words of 20 characters`, `50 steps of 3 numbers`, `8 numbers`,
  /// `7 channels of 4 steps of 24 numbers`.
  public var description: String {
    switch self {
    case .tokens(let steps): counted(steps, "token id")
    case .characters(let steps, let length): "\(counted(steps, "word")) of \(counted(length, "character"))"
    case .sequence(let steps, let width): "\(counted(steps, "step")) of \(counted(width, "number"))"
    case .vector(let width): counted(width, "number")
    case .channels(let count, let channel): "\(counted(count, "channel")) of \(channel)"
    }
  }
}
