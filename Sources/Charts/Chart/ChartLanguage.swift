// The languages of the text that charts add themselves: axis labels, legends and titles.

/// The language of a chart's own text; names from the data are kept as they are.
public enum ChartLanguage: String, CaseIterable, Sendable {
  /// English.
  case en
  /// Simplified Chinese.
  case zh

  /// `english` or `chinese`, depending on the language.
  public func pick(_ english: String, _ chinese: String) -> String {
    switch self {
    case .en: english
    case .zh: chinese
    }
  }
}
