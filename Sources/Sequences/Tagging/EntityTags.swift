// Tags of entities that cover several words: B-PER, I-PER, O. There are several schemes, which differ in what the first
// and the last word of an entity are called; all are converted to one, in which every entity begins with B (BIO, IOB2):
//
//   IOB1    I-PER I-PER O    B only where an entity follows another one of its kind
//   BIO     B-PER I-PER O
//   BIOES   B-PER E-PER O    S for a single word; also written BILOU (L, U) and BMES (M)

import Failures

/// A tag of a word within an entity, or outside of all.
struct EntityTag: Equatable {
  /// The place of the word in the entity.
  enum Place: Equatable { case outside, begin, inside, end, single }

  let place: Place
  /// The kind of entity; empty outside.
  let kind: Substring

  /// Nil if it isn't a tag of an entity in any scheme.
  init?(_ tag: String) {
    guard tag != "O" else {
      (place, kind) = (.outside, "")
      return
    }
    let parts = tag.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let places: [Substring: Place] = [
      "B": .begin, "I": .inside, "M": .inside, "E": .end, "L": .end, "S": .single, "U": .single,
    ]
    guard parts.count == 2, !parts[1].isEmpty, let place = places[parts[0]] else { return nil }
    (self.place, kind) = (place, parts[1])
  }
}

/// The tags of sentences with entities.
public enum EntityTags {
  /// The tags of a sentence in the scheme BIO; nil if one of them isn't an entity's.
  ///
  /// An entity begins where conlleval sees it begin: at B and S, after O, after an end, and where the kind changes.
  public static func bio(_ tags: [String]) -> [String]? {
    var result: [String] = []
    var before: EntityTag?
    for text in tags {
      guard let tag = EntityTag(text) else { return nil }
      result.append(tag.place == .outside ? "O" : "\(begins(tag, after: before) ? "B" : "I")-\(tag.kind)")
      before = tag
    }
    return result
  }

  private static func begins(_ tag: EntityTag, after before: EntityTag?) -> Bool {
    if tag.place == .begin || tag.place == .single { return true }
    guard let before, before.kind == tag.kind else { return true }
    return [.outside, .end, .single].contains(before.place)
  }

  /// Whether all of `tags` are those of entities, and one of them isn't outside.
  public static func are(_ tags: some Collection<String>) -> Bool {
    tags.contains { $0 != "O" } && tags.allSatisfy { EntityTag($0) != nil }
  }

  /// An entity: its words and its kind.
  public struct Entity: Hashable, Sendable {
    /// The words.
    public let words: Range<Int>
    /// The kind of entity.
    public let kind: String
  }

  /// The entities of a sentence in the order of their words, as conlleval finds them.
  public static func entities(_ tags: [String]) -> [Entity] {
    var result: [Entity] = []
    var first: Int?
    let tags = bio(tags) ?? []
    for index in 0...tags.count {
      let continues = index < tags.count && tags[index].hasPrefix("I-")
      if !continues, let start = first {
        result.append(Entity(words: start..<index, kind: String(tags[start].dropFirst(2))))
        first = nil
      }
      if index < tags.count, tags[index].hasPrefix("B-") { first = index }
    }
    return result
  }
}
