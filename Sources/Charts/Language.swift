// The words that charts bring along, in the languages that they speak.

/// The language of a chart's own words; names from the data stand as they are.
public enum ChartLanguage: String, CaseIterable, Sendable {
  /// English.
  case en
  /// Simplified Chinese.
  case zh

  /// `english` or `chinese`, as the language asks.
  func pick(_ english: String, _ chinese: String) -> String {
    switch self {
    case .en: english
    case .zh: chinese
    }
  }
}
