// Counts of predicted and actual tags: accuracy, precision and recall of each tag, and of entities as conlleval
// (Tjong Kim Sang and Buchholz 2000) counts them: an entity is right if its words and its kind are.

import Failures
import Sequences

/// Counts over sentences.
public struct TagCounts: Sendable {
  /// The counts of one tag, or of one kind of entity.
  private struct Counts {
    var (right, predicted, actual) = (0, 0, 0)

    var precision: Double { predicted == 0 ? 0 : Double(right) / Double(predicted) }
    var recall: Double { actual == 0 ? 0 : Double(right) / Double(actual) }
    var f1: Double { predicted + actual == 0 ? 0 : 2 * Double(right) / Double(predicted + actual) }
  }

  private let areEntities: Bool
  private var tags: [String: Counts] = [:]
  private var kinds: [String: Counts] = [:]
  private var entities = Counts()
  private var (words, right) = (0, 0)
  /// The number of words whose actual tag the model doesn't know, which are wrong.
  public private(set) var unknown = 0

  /// - Parameter areEntities: whether tags are those of entities.
  public init(areEntities: Bool) { self.areEntities = areEntities }

  /// Adds a sentence.
  /// - Parameter classes: the tags that the model knows.
  public mutating func add(predicted: [String], actual: [String], classes: ClassNames) {
    for (tag, other) in zip(actual, predicted) {
      words += 1
      tags[tag, default: Counts()].actual += 1
      tags[other, default: Counts()].predicted += 1
      if tag == other {
        right += 1
        tags[tag, default: Counts()].right += 1
      }
      if classes.id(of: tag) == nil { unknown += 1 }
    }
    if areEntities { addEntities(EntityTags.entities(predicted), EntityTags.entities(actual)) }
  }

  private mutating func addEntities(_ predicted: [EntityTags.Entity], _ actual: [EntityTags.Entity]) {
    let wanted = Set(actual)
    for entity in actual { kinds[entity.kind, default: Counts()].actual += 1 }
    for entity in predicted {
      kinds[entity.kind, default: Counts()].predicted += 1
      if wanted.contains(entity) { kinds[entity.kind, default: Counts()].right += 1 }
    }
    entities = kinds.values.reduce(into: Counts()) { sum, own in
      sum.right += own.right
      sum.predicted += own.predicted
      sum.actual += own.actual
    }
  }

  /// The fraction of words with the right tag.
  public var accuracy: Double { words == 0 ? 0 : Double(right) / Double(words) }

  /// `precision`, `recall` and `f1` of all entities, and `f1.KIND` of each kind; nothing for other tags.
  public var entityValues: [(String, Double)] {
    guard areEntities else { return [] }
    let all = [("precision", entities.precision), ("recall", entities.recall), ("f1", entities.f1)]
    return all + kinds.keys.sorted().map { ("f1.\($0)", kinds[$0]?.f1 ?? 0) }
  }

  /// A table of each kind of entity, or of each tag: how many there are, precision, recall and F1.
  /// - Parameter number: formats a number from 0 to 1.
  public func lines(number: (Double) -> String) -> [String] {
    let own = areEntities ? kinds : tags
    let rows = own.keys.sorted().map { name in
      let counts = own[name] ?? Counts()
      return [name, "\(counts.actual)"] + [counts.precision, counts.recall, counts.f1].map(number)
    }
    guard !rows.isEmpty else { return [] }
    return alignedLines([[areEntities ? "entity" : "tag", "count", "precision", "recall", "f1"]] + rows)
  }
}
