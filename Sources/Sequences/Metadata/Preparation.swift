// How rows were prepared: vocabularies, padding, windows, scaling. Rows that a model predicts for, or that training is
// validated on, must be prepared like those that it was trained on.

import Failures
import TensorFile

/// The preparation of a stream's rows.
public struct Preparation: Sendable {
  /// The vocabulary with which text is read.
  public let vocabulary: Vocabulary?
  /// Further vocabularies, such as that of words' characters, by name.
  public let vocabularies: [String: Vocabulary]
  /// How columns are padded.
  public let paddings: PaddingSet?
  /// How a series is divided into windows.
  public private(set) var window: WindowLayout?
  /// How a series is scaled.
  public let scaler: Scaler?
  /// How windows are made of one or several series.
  public private(set) var windows: WindowSettings?

  /// Reads the preparation of a stream or model.
  public init(header: StreamHeader) throws {
    vocabulary = try Vocabulary(header: header)
    vocabularies = try Vocabulary.named(header: header)
    paddings = try PaddingSet(header: header)
    window = try WindowLayout(header: header)
    scaler = try Scaler(header: header)
    windows = try WindowSettings(header: header)
  }

  /// The same with another number of steps to forecast.
  public func with(horizon: Int) -> Preparation {
    var result = self
    result.window?.horizon = horizon
    result.windows = windows?.with(horizon: horizon)
    return result
  }

  /// Throws `Failure` (data) if a stream was prepared differently.
  ///
  /// - Parameters:
  ///   - owner: whose preparation this is, such as `the model's`.
  ///   - path: the file that holds it, for messages.
  public func check(_ header: StreamHeader, isLike owner: String, in path: String) throws {
    let other = try Preparation(header: header)
    try checkVocabularies(other, owner, path)
    if let own = paddings, let paddings = other.paddings, own != paddings {
      throw Failure.data("its padding differs from \(owner)", remedy: "pad with --like \(path)")
    }
    if let own = window, let window = other.window {
      guard own.inputs == window.inputs, own.targets == window.targets, own.horizon == window.horizon,
        own.rate == window.rate, own.ahead == window.ahead
      else {
        throw Failure.data(
          "its windows differ from \(owner)", remedy: "create them with rnn-window --like \(path)")
      }
    }
    if let own = windows, let windows = other.windows, let difference = own.difference(from: windows) {
      throw Failure.data(
        "its \(difference) from \(owner)", remedy: "create them with rnn-window --like \(path)")
    }
    if let own = scaler, let scaler = other.scaler, !own.isSame(as: scaler) {
      throw Failure.data(
        "its scaling differs from \(owner)", remedy: "scale with rnn-window --like \(path)")
    }
  }

  private func checkVocabularies(_ other: Preparation, _ owner: String, _ path: String) throws {
    let further = other.vocabularies.sorted { $0.key < $1.key }.map { (vocabularies[$0.key], $0.value) }
    for case (let own?, let found?) in [(vocabulary, other.vocabulary)] + further {
      guard let difference = found.difference(from: own) else { continue }
      throw Failure.data(
        "its vocabulary differs from \(owner): \(difference)", remedy: "tokenize with --like \(path)")
    }
    if window != nil, vocabulary == nil, other.vocabulary != nil {
      throw Failure.data(
        "contains token ids, but the model was trained on windows of a series",
        remedy: "create windows with rnn-window --like \(path)")
    }
  }
}

extension WindowSettings {
  /// What is different beyond layout and scaling; nil if nothing is.
  fileprivate func difference(from other: WindowSettings) -> String? {
    if transform != other.transform { return "transformation differs" }
    if known != other.known { return "columns and features known over the horizon differ" }
    return statics != other.statics ? "static columns differ" : nil
  }
}

extension Scaler {
  /// Whether both scale the same columns identically.
  fileprivate func isSame(as other: Scaler) -> Bool {
    kind == other.kind && scope == other.scope && columns == other.columns && offset == other.offset
      && factor == other.factor
  }
}
