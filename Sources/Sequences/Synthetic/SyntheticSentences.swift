// Synthetic English-like sentences with the tags of their words, for trying taggers without a treebank. Function words
// are English; the others are made up of syllables, so that most of them occur only once or twice: what they are shows in
// their endings (-ness, -ing, -ly), or, where a stem has none, in the words around it (the plan, they plan).

import RandomNumbers

/// Sentences as CoNLL-U, with universal tags and Penn Treebank's.
public struct SyntheticSentences {
  /// A word with its tags.
  struct Word {
    var form: String
    let upos: String
    let xpos: String
  }

  private var random: RandomStream
  private var count = 0
  private var words: [Word] = []

  /// Sentences that depend on the seed; sentence n doesn't depend on how many there are.
  public init(seed: UInt64) {
    random = RandomStream(seed: seed, stream: SyntheticStream.sentences.rawValue)
  }

  /// The next sentence, with the empty line after it.
  public mutating func next() -> String {
    count += 1
    words = []
    clause()
    if chance(4) {
      if chance(2) { add(",", "PUNCT", ",") }
      add(pick(["because", "while", "although", "if"]), "SCONJ", "IN")
      clause()
    }
    add(chance(8) ? "!" : ".", "PUNCT", ".")
    words[0].form = words[0].form.prefix(1).uppercased() + words[0].form.dropFirst()
    return conllu
  }

  private var conllu: String {
    var text = "# sent_id = \(count)\n"
    for (index, word) in words.enumerated() {
      text += "\(index + 1)\t\(word.form)\t_\t\(word.upos)\t\(word.xpos)\t_\t_\t_\t_\t_\n"
    }
    return text + "\n"
  }

  // MARK: Phrases

  private mutating func clause() {
    let isPlural = subject()
    predicate(isPlural)
    if chance(3) { prepositionalPhrase() }
    if chance(5) { add(stem() + "ly", "ADV", "RB") }
    if chance(6) {
      add(pick(["and", "but"]), "CCONJ", "CC")
      predicate(isPlural)
    }
  }

  /// Adds a subject; returns whether its verb is plural.
  private mutating func subject() -> Bool {
    switch random.index(below: 4) {
    case 0:
      let isPlural = chance(2)
      add(isPlural ? pick(["they", "we", "you"]) : pick(["he", "she", "it"]), "PRON", "PRP")
      return isPlural
    case 1:
      name()
      return false
    default: return nounPhrase()
    }
  }

  /// Adds a noun with what is before it; returns whether it is plural.
  @discardableResult
  private mutating func nounPhrase() -> Bool {
    let isPlural = chance(3)
    if isPlural, chance(3) {
      add(chance(2) ? "\(2 + random.index(below: 98))" : pick(["two", "three", "ten"]), "NUM", "CD")
    } else {
      add(pick(isPlural ? ["the", "these", "some"] : ["the", "a", "this", "every"]), "DET", "DT")
    }
    if chance(2) { add(stem() + pick(["ous", "ful", "ive", "less"]), "ADJ", "JJ") }
    let noun = stem() + pick(["", "", "ness", "er", "tion", "ment"])
    add(isPlural ? noun + "s" : noun, "NOUN", isPlural ? "NNS" : "NN")
    if chance(6) { prepositionalPhrase() }
    return isPlural
  }

  private mutating func name() {
    let name = stem()
    add(name.prefix(1).uppercased() + name.dropFirst(), "PROPN", "NNP")
  }

  private mutating func predicate(_ isPlural: Bool) {
    switch random.index(below: 5) {
    case 0:
      add(pick(["will", "can", "must"]), "AUX", "MD")
      if chance(3) { add("not", "PART", "RB") }
      add(stem(), "VERB", "VB")
    case 1:
      add(isPlural ? "are" : "is", "AUX", isPlural ? "VBP" : "VBZ")
      add(stem() + "ing", "VERB", "VBG")
    case 2: add(stem() + "ed", "VERB", "VBD")
    case 3:
      add(isPlural ? "want" : "wants", "VERB", isPlural ? "VBP" : "VBZ")
      add("to", "PART", "TO")
      add(stem(), "VERB", "VB")
    default: add(isPlural ? stem() : stem() + "s", "VERB", isPlural ? "VBP" : "VBZ")
    }
    if chance(2) { object() }
  }

  private mutating func object() {
    switch random.index(below: 4) {
    case 0: add(pick(["them", "him", "her", "us"]), "PRON", "PRP")
    case 1: name()
    default: nounPhrase()
    }
  }

  private mutating func prepositionalPhrase() {
    add(pick(["in", "on", "with", "from", "under", "near"]), "ADP", "IN")
    nounPhrase()
  }

  // MARK: Words

  private mutating func add(_ form: String, _ upos: String, _ xpos: String) {
    words.append(Word(form: form, upos: upos, xpos: xpos))
  }

  /// Two or three syllables; about one stem in five is a frequent one.
  private mutating func stem() -> String {
    if chance(5) { return pick(["plan", "walk", "look", "turn", "light", "rest", "play", "work"]) }
    return (0...1 + random.index(below: 2)).reduce(into: "") { text, _ in
      text += pick(["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "t", "v", "st", "br", "pl"])
      text += pick(["a", "e", "i", "o", "u"])
    } + pick(["k", "n", "m", "rt", "ld", "p"])
  }

  private mutating func pick(_ items: [String]) -> String { items[random.index(below: items.count)] }

  /// True once in `n` times.
  private mutating func chance(_ n: Int) -> Bool { random.index(below: n) == 0 }
}
