// Saving the model at regular intervals during training.

import Failures

/// Saves the model after every so many epochs.
public struct SaveEvery: Sendable, Equatable {
  /// The file; its name may contain the epoch and its values in braces.
  public let file: FilenameTemplate
  /// The number of epochs between models.
  public let epochs: Int

  /// Reads `5,model-{epoch:02d}-{val_loss:.4f}.tensors.zst`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let epochs = Int(parts[0]), epochs > 0 else {
      throw Failure.usage(
        "save-every: '\(text)' doesn't begin with a number of epochs",
        remedy: "such as \"5,model-{epoch:02d}.tensors.zst\"")
    }
    self.epochs = epochs
    file = try FilenameTemplate(parsing: String(parts[1]), subject: "save-every")
  }
}
