// What a model of tags remembers of its data: the form of the file, whether tags are those of entities, and how many
// characters of a word it reads.

import Failures
import JSON
import TensorFile

/// How sentences were prepared (`rnn.tagging`).
public struct TaggingFacts: Sendable, Equatable {
  private static let key = "rnn.tagging"
  /// The most characters of a word.
  public static let characterLimit = 1 << 10

  /// The form of the files.
  public var form: TaggedForm
  /// Whether tags are those of entities, in the scheme BIO.
  public var areEntities: Bool
  /// The number of characters of a word in the column `chars`; 0 if there is no such column.
  public var characters: Int

  /// Facts about new data.
  public init(form: TaggedForm, areEntities: Bool, characters: Int) {
    (self.form, self.areEntities, self.characters) = (form, areEntities, characters)
  }

  /// Reads `rnn.tagging`; nil if the stream or model isn't one of tags.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object(Self.key) else { return nil }
    guard let form = TaggedForm(json: object), let areEntities = object["entities"]?.bool,
      let characters = object["characters"]?.int, (0...Self.characterLimit).contains(characters)
    else { throw damagedMetadata(Self.key) }
    self.init(form: form, areEntities: areEntities, characters: characters)
  }

  /// Writes `rnn.tagging` = `{"format":"conllu","word":2,"tag":4,"columns":10,"entities":false,"characters":20}`.
  public func write(into header: inout StreamHeader) {
    var object = form.json
    object["entities"] = .bool(areEntities)
    object["characters"] = .integer(Int64(characters))
    header.metadata[Self.key] = JSONValue.object(object).text
  }

  /// The tags of a sentence as they are learned: those of entities in the scheme BIO.
  public func converted(_ tags: [String]) -> [String] { areEntities ? EntityTags.bio(tags) ?? tags : tags }
}
