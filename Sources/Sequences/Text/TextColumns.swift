// Which columns of a table, or fields of JSON objects, hold the text and the label: those that the user names, those
// that earlier files had, or those with well-known names.

import Failures

/// The columns of a text file.
struct TextColumns: Equatable {
  /// The columns with the text, in the order in which they are joined.
  var text: [String]
  /// The column with the label; nil if there is none.
  var label: String?

  private static let textNames = [
    "text", "review", "sentence", "content", "comment", "tweet", "message", "body", "document", "article",
    "post",
    "utterance", "reviewtext", "reviewbody", "sms", "文本", "内容", "评论",
  ]
  /// Names that often stand beside the text itself.
  private static let lesserTextNames = [
    "title", "description", "question", "abstract", "summary", "headline",
  ]
  private static let labelNames = [
    "label", "labels", "class", "classes", "sentiment", "category", "categories", "target", "polarity",
    "emotion",
    "intent", "topic", "tags", "y", "标签", "类别",
  ]
  private static let lesserLabelNames = ["rating", "stars", "score", "classindex"]

  /// These columns.
  init(text: [String], label: String?) { (self.text, self.label) = (text, label) }

  /// - Parameters:
  ///   - names: the columns that there are.
  ///   - candidates: those that can hold text.
  init(_ names: [String], candidates: [String], _ options: TextOptions) throws(Failure) {
    text = []
    label = try Self.label(names, options)
    text = try Self.text(names, candidates.filter { $0 != label }, options)
    if let label, text.contains(label) {
      throw Failure.usage("\(label) is the text already", at: "--label-column")
    }
  }

  private static func text(
    _ names: [String], _ candidates: [String], _ options: TextOptions
  ) throws(Failure) -> [String] {
    if let given = options.textColumns {
      for name in given where !names.contains(name) {
        throw missing(name, in: names, option: "--text-column")
      }
      return given
    }
    if let usual = options.usual?.textColumns, usual.allSatisfy(names.contains) { return usual }
    for known in [textNames, lesserTextNames] {
      let found = candidates.filter { known.contains(plain($0)) }
      if found.count == 1 { return found }
      if found.count > 1 { throw ambiguous(found, option: "--text-column", joined: true) }
    }
    if let only = names.first, names.count == 1,
      options.labelColumn != nil || !labelNames.contains(plain(only))
    {
      return names
    }
    throw Failure.data(
      "which column has the text? None has a usual name such as text or review (columns: \(list(names)))",
      remedy: "name it with --text-column" + (options.header == .present ? ", or use --no-header" : ""))
  }

  private static func label(_ names: [String], _ options: TextOptions) throws(Failure) -> String? {
    if let given = options.labelColumn {
      guard names.contains(given) else { throw missing(given, in: names, option: "--label-column") }
      return given
    }
    if let usual = options.usual?.labelColumn, names.contains(usual) { return usual }
    let chosen = options.textColumns ?? options.usual?.textColumns ?? []
    for known in [labelNames, lesserLabelNames] {
      let found = names.filter { known.contains(plain($0)) && !chosen.contains($0) }
      if found.count == 1 { return found[0] }
      if found.count > 1 { throw ambiguous(found, option: "--label-column", joined: false) }
    }
    return nil
  }

  /// Whether one of the columns has the usual name of a text.
  static func hasText(_ names: [String]) -> Bool {
    names.contains { (textNames + lesserTextNames).contains(plain($0)) }
  }

  /// Whether all of the columns have usual names, one of them that of a text.
  static func areUsual(_ names: [String]) -> Bool {
    let known = textNames + lesserTextNames + labelNames + lesserLabelNames
    return names.allSatisfy { known.contains(plain($0)) } && hasText(names)
  }

  /// A name in lower case, without spaces and underscores.
  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  private static func ambiguous(_ found: [String], option: String, joined: Bool) -> Failure {
    let rest = joined ? ", or join them: \(option) \(found.joined(separator: ","))" : ""
    return .data(
      "several columns could be meant: \(found.joined(separator: ", "))",
      remedy: "choose one with \(option) \(found[0])\(rest)")
  }

  private static func missing(_ name: String, in names: [String], option: String) -> Failure {
    .usage("there is no column \(name)", at: option, remedy: "the columns are \(list(names))")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", ..." : "")
  }

  /// Describes what is read, for the user: `text from column review, labels from column sentiment`.
  func description(ignoring names: [String]) -> String {
    let texts =
      text.count == 1 ? "text from column \(text[0])" : "text from columns \(text.joined(separator: ", "))"
    guard let label else {
      let others = names.filter { !text.contains($0) }
      return others.isEmpty
        ? "\(texts), no labels" : "\(texts), no labels (other columns: \(Self.list(others)))"
    }
    return "\(texts), labels from column \(label)"
  }
}
