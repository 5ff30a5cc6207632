// A list of tokens: what a row of ids is shown as, since a curve of ids has no meaning.

/// The tokens of a row, in order.
public struct TokenList: Sendable, Equatable {
  /// One token, or a run of equal padding.
  public struct Entry: Sendable, Equatable {
    /// Its positions, counted from 1: `7`, or `1-150` for a run.
    public var position: String
    /// The id.
    public var id: String
    /// The token itself; empty if unknown.
    public var word: String
    /// What the network is to say at this position; empty for none.
    public var target: String

    /// An entry; `target` may be empty.
    public init(position: String, id: String, word: String, target: String = "") {
      (self.position, self.id, self.word, self.target) = (position, id, word, target)
    }

    /// The cells as texts.
    var cells: [String] { [position, id, word, target] }
  }

  /// The names of the columns: position, id, word and target.
  public var header: Entry
  /// The entries, in order.
  public var entries: [Entry]

  /// A list of `entries` under `header`.
  public init(header: Entry, entries: [Entry]) {
    self.header = header
    self.entries = entries
  }

  /// The columns that hold any text in an entry.
  var usedColumns: [Int] { (0..<4).filter { column in entries.contains { !$0.cells[column].isEmpty } } }

  /// The entries in blocks of `count`, to be placed side by side.
  func blocks(of count: Int) -> [ArraySlice<Entry>] {
    stride(from: 0, to: entries.count, by: max(1, count)).map {
      entries[$0..<min($0 + max(1, count), entries.count)]
    }
  }
}

extension Chart {
  /// How many entries a block of the picture has at least, and how many blocks there are at most.
  private static let (entriesPerBlock, maxBlocks) = (20, 6)

  /// A list of tokens.
  public static func tokens(_ list: TokenList, title: String) -> Chart {
    var panel = Panel(x: Axis(""), y: Axis(""), series: [])
    panel.tokens = list
    let count = list.entries.count
    let blocks = min(maxBlocks, max(1, (count + entriesPerBlock - 1) / entriesPerBlock))
    let lines = (count + blocks - 1) / blocks
    let width = max(560, blocks * (list.usedColumns.contains(3) ? 330 : 230))
    return Chart(
      title: title, panels: [panel], size: PictureSize(width: width, height: min(10_000, 110 + 24 * lines)))
  }
}
