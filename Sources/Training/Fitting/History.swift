// The loss and metrics of each epoch, also as CSV in the format of Keras's CSVLogger.

/// The loss and metrics of the epochs so far.
public struct History: Sendable, Equatable {
  /// The values of one epoch by name: `loss`, metrics, and the same with the prefix `val_`.
  public struct Epoch: Sendable, Equatable {
    /// The epoch's number, from 1.
    public let number: Int
    /// Values by name.
    public let values: [String: Double]

    /// The values of epoch `number`, from 1.
    public init(number: Int, values: [String: Double]) {
      self.number = number
      self.values = values
    }
  }

  /// The epochs in order.
  public var epochs: [Epoch] = []

  /// No epochs yet.
  public init() {}

  /// Comma-separated values: `epoch`, from 1 (in Keras from 0), and the values in alphabetical order of their names;
  /// `NA` for missing values. Numbers are written exactly.
  public var csv: String {
    let names = Set(epochs.flatMap(\.values.keys)).sorted()
    var lines = [(["epoch"] + names).joined(separator: ",")]
    for epoch in epochs {
      let cells = names.map { name in epoch.values[name].map { "\($0)" } ?? "NA" }
      lines.append((["\(epoch.number)"] + cells).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
