// The lengths to which batches of sources and targets are padded. Where a network masks padding, it makes no difference;
// else sources are padded as in training, and the targets of a batch are equally long.

import Networks

/// How a model's sequences are padded.
struct PaddedLengths {
  private let masksSource: Bool
  private let masksTarget: Bool
  private let trained: Int

  init(_ model: LoadedModel, _ translation: Translation) {
    let architecture = model.file.architecture
    masksSource = architecture.masks(input: translation.sourceInput)
    masksTarget = architecture.masks(output: 0)
    trained = architecture.inputs[translation.sourceInput].steps ?? 1
  }

  /// The padded length of a source of `count` tokens. Few different lengths, so that networks can be used again.
  func source(_ count: Int) -> Int { masksSource ? (count + 7) / 8 * 8 : max(trained, count) }

  /// The padded length of a target of `count` tokens.
  func target(_ count: Int) -> Int { masksTarget ? (count + 7) / 8 * 8 : count }

  /// Whether rows of these padded lengths can be in one batch.
  func join(sources a: Int, _ b: Int) -> Bool { masksSource || source(a) == source(b) }

  /// Whether rows of these padded lengths can be in one batch.
  func join(targets a: Int, _ b: Int) -> Bool { masksTarget || a == b }

  /// Divides rows, in their order, into batches of at most `size`.
  static func batches(_ rows: [Int], size: Int, join: (Int, Int) -> Bool) -> [[Int]] {
    var batches: [[Int]] = []
    for row in rows {
      if let last = batches.last, last.count < size, join(last[0], row) {
        batches[batches.count - 1].append(row)
      } else {
        batches.append([row])
      }
    }
    return batches
  }
}
