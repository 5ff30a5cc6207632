// A line of a screen: texts with styles, from which control characters can't escape.

import Stage

/// How text looks.
public struct Style: Sendable, Equatable {
  /// A color of the terminal's own palette, so that it fits light and dark backgrounds.
  public enum Color: Int, Sendable { case red = 31, green, yellow, blue, magenta, cyan }

  /// Nil for the color of other text.
  public var color: Color?
  /// Whether it is bold.
  public var isBold = false
  /// Whether it is fainter than other text.
  public var isDim = false
  /// Whether it is underlined.
  public var isUnderlined = false
  /// Whether text and background have changed colors.
  public var isReversed = false

  /// Text as it is.
  public static let plain = Style()
  /// Headings.
  public static let bold = Style(isBold: true)
  /// What matters less.
  public static let dim = Style(isDim: true)
  /// What is selected.
  public static let reversed = Style(isReversed: true)

  /// By default, text as it is.
  public init(
    color: Color? = nil, isBold: Bool = false, isDim: Bool = false, isUnderlined: Bool = false,
    isReversed: Bool = false
  ) {
    (self.color, self.isBold, self.isDim) = (color, isBold, isDim)
    (self.isUnderlined, self.isReversed) = (isUnderlined, isReversed)
  }

  /// The numbers of the escape sequence; without colors, the other attributes remain.
  func codes(hasColor: Bool) -> String {
    let flags = [(isBold, 1), (isDim, 2), (isUnderlined, 4), (isReversed, 7)].filter(\.0).map(\.1)
    return (flags + (hasColor ? [color?.rawValue].compactMap { $0 } : [])).map(String.init)
      .joined(separator: ";")
  }
}

/// One line of a screen.
public struct StyledLine: Sendable, Equatable {
  private struct Span: Sendable, Equatable {
    var text: String
    var style: Style

    func terminalText(hasColor: Bool) -> String {
      let codes = style.codes(hasColor: hasColor)
      return codes.isEmpty ? text : "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
  }

  private var spans: [Span] = []
  /// A line with its own escape sequences, which is shown as it is.
  private var finished: String?
  /// The number of columns.
  public private(set) var width = 0

  /// An empty line.
  public init() {}

  /// A line of one style.
  public init(_ text: String, _ style: Style = .plain) { append(text, style) }

  /// A line that may contain colors (SGR sequences), and is known to be narrow enough and otherwise safe to print.
  public init(finished text: String) { finished = text }

  /// Adds text; control characters become visible escapes.
  public mutating func append(_ text: String, _ style: Style = .plain) {
    let safe = visible(text)
    guard !safe.isEmpty else { return }
    width += displayWidth(safe)
    if let last = spans.indices.last, spans[last].style == style {
      spans[last].text += safe
    } else {
      spans.append(Span(text: safe, style: style))
    }
  }

  /// Adds spaces up to a column.
  public mutating func pad(to column: Int, _ style: Style = .plain) {
    if column > width { append(String(repeating: " ", count: column - width), style) }
  }

  /// Adds text in exactly `columns` columns, truncated or padded.
  public mutating func append(
    _ text: String, columns: Int, isRight: Bool = false, _ style: Style = .plain
  ) {
    let cell = clipped(visible(text), to: columns)
    let space = String(repeating: " ", count: max(0, columns - displayWidth(cell)))
    append(isRight ? space + cell : cell + space, style)
  }

  /// The same text in another style.
  public func styled(_ change: (inout Style) -> Void) -> StyledLine {
    var line = self
    for index in line.spans.indices { change(&line.spans[index].style) }
    return line
  }

  /// The text without styles; of a finished line, with its escape sequences.
  public var text: String { finished ?? spans.map(\.text).joined() }

  /// The columns from `start` on, at most `columns` of them; a finished line as a whole.
  public func part(from start: Int, columns: Int) -> StyledLine {
    guard finished == nil, start > 0 || width > columns else { return self }
    var (line, skipped) = (StyledLine(), 0)
    for span in spans {
      var text = span.text[...]
      while skipped < start, let letter = text.first {
        skipped += displayWidth(String(letter))
        text.removeFirst()
      }
      let room = columns - line.width
      if room > 0, !text.isEmpty { line.append(clipped(String(text), to: room), span.style) }
    }
    return line
  }

  /// The line with its styles and nothing else, for text between others.
  public func coloredText(hasColor: Bool) -> String {
    finished ?? spans.map { $0.terminalText(hasColor: hasColor) }.joined()
  }

  /// The line for a screen. After text beyond ASCII the column is given anew, since terminals disagree on the widths of
  /// some characters.
  func screenText(hasColor: Bool) -> String {
    if let finished { return finished }
    var (out, column) = ("", 0)
    for (index, span) in spans.enumerated() {
      out += span.terminalText(hasColor: hasColor)
      column += displayWidth(span.text)
      let isCertain = span.text.utf8.allSatisfy { $0 < 0x80 }
      if !isCertain, index < spans.count - 1 { out += "\u{1B}[\(column + 1)G" }
    }
    return out
  }
}

/// Text with visible escapes for control characters, and for those that reverse the direction of what follows.
private func visible(_ text: String) -> String {
  let text = printable(text)
  guard text.unicodeScalars.contains(where: turnsText) else { return text }
  return text.unicodeScalars.reduce(into: "") {
    $0 += turnsText($1) ? "\\u{\(String($1.value, radix: 16))}" : String(Character($1))
  }
}

private func turnsText(_ scalar: Unicode.Scalar) -> Bool {
  (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}
