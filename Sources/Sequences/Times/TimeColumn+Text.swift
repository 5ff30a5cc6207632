// Times as text, in the form of the input.

import Calendar

extension TimeColumn {
  /// A time in Unix seconds as ISO 8601: `2022-05-01` at steps of whole days or months, else `2022-05-01T13:00:00`. A
  /// number outside the years 1 to 9999 stays a number.
  public func text(_ seconds: Int64) -> String {
    let words = timeText(seconds).split(separator: " ")
    guard words.count == 2 else { return String(seconds) }
    return isDaily && words[1] == "00:00:00" ? String(words[0]) : "\(words[0])T\(words[1])"
  }

  private var isDaily: Bool {
    switch step {
    case .seconds(let seconds): seconds % 86_400 == 0
    case .months, .monthEnds: true
    case nil: false
    }
  }
}
