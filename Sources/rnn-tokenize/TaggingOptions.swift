// The options for words with tags.

import ArgumentParser
import Failures
import Sequences

/// How files of words with tags are read.
struct TaggingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "CoNLL-U: the tags, upos, xpos or the number of a column (default: upos).", valueName: "tags"),
    completion: .list(["upos", "xpos"]))
  var tags: String?

  @Option(
    help: ArgumentHelp(
      """
      CoNLL columns: which column is the word and which the tag, such as word,tag or word,-,-,tag (default: the \
      first and the last).
      """, valueName: "columns"))
  var columns: String?

  @Option(
    help: ArgumentHelp(
      """
      Words with tags: how many characters of a word are read, those at its beginning and its end; 0 for none \
      (default: 20).
      """, valueName: "n"))
  var characters: Int?

  @Flag(help: "With --like: leave out sentences with tags that the model doesn't know, instead of an error.")
  var skipUnknownTags = false

  func validate() throws {
    if tags != nil, columns != nil {
      throw ValidationError("--tags is for CoNLL-U, --columns for other files")
    }
    if let characters, !(0...TaggingFacts.characterLimit).contains(characters) {
      throw ValidationError("--characters must be from 0 to \(TaggingFacts.characterLimit)")
    }
  }

  /// Whether any of these options was given.
  var isGiven: Bool { tags != nil || columns != nil || characters != nil || skipUnknownTags }

  /// The form of the file.
  /// - Parameter format: CoNLL-U or CoNLL columns.
  /// - Throws: `Failure` (usage) if an option doesn't suit the format.
  func form(_ format: TextFormat) throws(Failure) -> TaggedForm {
    if format == .conllu {
      guard columns == nil else {
        throw Failure.usage("the columns of CoNLL-U are known", at: "--columns", remedy: "use --tags NUMBER")
      }
      return try TaggedForm(conlluTags: tags ?? "upos")
    }
    guard tags == nil else {
      throw Failure.usage("is for CoNLL-U", at: "--tags", remedy: "use --columns word,tag")
    }
    return try columns.map { columns throws(Failure) in try TaggedForm(columns: columns) } ?? .plainColumns
  }
}
