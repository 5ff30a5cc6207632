// What is known of a series beside the past of its windows: columns that reach over the horizon, numbers and categories.
// It determines which inputs a preset reads, so that its network has no others where a stream doesn't have them.

extension Preset {
  /// The widths of the columns that windows have beside `x`; 0 for those that a stream doesn't have.
  public struct Covariates: Sendable, Equatable {
    /// The number of values of a step of `known`, `[steps + horizon, known]`.
    public var known = 0
    /// The number of steps of `known`.
    public var knownSteps = 0
    /// The number of numbers that describe a series, `static` `[statics]`.
    public var statics = 0
    /// The number of ids that describe a series, `categories` `[categories]`. How many different ones there are is
    /// the size of the vocabulary of this input.
    public var categories = 0

    /// The names of the inputs.
    public static let names = ["known", "static", "categories"]

    /// None.
    public init() {}

    /// Whether there are none.
    public var isEmpty: Bool { self == Covariates() }
  }
}
