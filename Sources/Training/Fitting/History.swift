// What training told of each epoch, and its form as Keras's CSVLogger writes it.

/// The loss and metrics of the epochs so far.
public struct History: Sendable, Equatable {
  /// One epoch's values by name: `loss`, metrics, and the same with `val_` before.
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

  /// Comma-separated values: `epoch`, from 1 (Keras's are from 0), and the names in alphabetic order; `NA`
  /// where an epoch lacks a value. Numbers read back exactly.
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
