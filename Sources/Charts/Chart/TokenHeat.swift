// A text with several numbers for each of its tokens, such as the gates of a network that reads it: the tokens in lines, as
// they are read, with a colored cell for each number below.

/// Numbers for each token of a text.
public struct TokenHeat: Sendable, Equatable {
  /// One number for each token.
  public struct Row: Sendable, Equatable {
    /// What the numbers are.
    public var name: String
    /// A short name for tables, which doesn't depend on the language.
    public var key: String
    /// As many as there are tokens; NaN for none.
    public var values: [Double]

    /// One of `values` for each token.
    public init(_ name: String, key: String, _ values: [Double]) {
      (self.name, self.key, self.values) = (name, key, values)
    }
  }

  /// The tokens, or labels of other steps.
  public var tokens: [String]
  /// The numbers of the tokens' steps.
  public var steps: [Int]
  /// The numbers, row by row.
  public var rows: [Row]
  /// What the colors mean.
  public var caption: String

  /// Traps unless there is a step and, in each row, a number for each token (a programming error).
  public init(tokens: [String], steps: [Int], rows: [Row], caption: String = "") {
    let isWhole = steps.count == tokens.count && rows.allSatisfy { $0.values.count == tokens.count }
    precondition(isWhole, "a text must have a step and numbers for each token")
    (self.tokens, self.steps, self.rows, self.caption) = (tokens, steps, rows, caption)
  }

  /// The scale of each row's colors: gates differ more from each other than from token to token.
  var scales: [HeatScale] { rows.map { HeatScale($0.values) } }

  /// The tokens in lines: as many as fit into `room`, with the width of each.
  func lines(room: Int, width: (String) -> Int) -> [[(index: Int, width: Int)]] {
    var (lines, used) = ([[(index: Int, width: Int)]](), room)
    for (index, token) in tokens.enumerated() {
      let own = min(room, width(token))
      if used + own > room || lines.isEmpty { lines.append([]) }
      used = used + own > room ? own : used + own
      lines[lines.count - 1].append((index, own))
    }
    return lines
  }

  func mapTexts(_ change: (String) -> String) -> TokenHeat {
    TokenHeat(
      tokens: tokens.map(change), steps: steps,
      rows: rows.map { Row(change($0.name), key: $0.key, $0.values) },
      caption: change(caption))
  }
}
