// The search for the unique assignment of modules to a network's layers.

import Failures
import Networks

/// A search over assignments of modules to layers.
struct TorchSearch {
  /// The module assigned to a layer.
  struct Assignment: Equatable {
    let module: Int
    let number: Int
  }

  let units: [TorchUnit]
  let modules: [TorchModule]
  /// The modules that the user chose for layers.
  var pinned: [String?] = []
  private var used: Set<Int> = []
  private var path: [Assignment] = []
  private var found: [[Assignment]] = []

  init(units: [TorchUnit], modules: [TorchModule]) {
    self.units = units
    self.modules = modules
    // Interchangeable modules are only tried in the order of the numbers in their names.
    order = modules.indices.sorted { NumberedName(modules[$0].prefix) < NumberedName(modules[$1].prefix) }
  }

  private let order: [Int]

  /// The unique assignment of all modules to all layers; nil if there is none.
  /// - Throws: `Failure` (usage) if there are several.
  mutating func only(describing layers: [WeightedLayer]) throws -> [Assignment]? {
    try extend()
    if found.count > 1, let layer = layers.indices.first(where: { found[0][$0] != found[1][$0] }) {
      throw ambiguity(layers[layer], found[0][layer].module, found[1][layer].module)
    }
    guard let way = found.first else { return nil }
    try refuseUnordered(way, layers)
    return way
  }

  private func ambiguity(_ layer: WeightedLayer, _ first: Int, _ second: Int) -> Failure {
    let names = [first, second].map { modules[$0].prefix }
    return .usage(
      "the layer \(layer.name) could take the weights of \(names[0]) or of \(names[1])",
      remedy: "choose one with --module \(layer.name)=\(names[0])")
  }

  private mutating func extend() throws {
    guard found.count < 2 else { return }
    if path.count == units.count {
      if used.count == modules.count { found.append(path) }
      return
    }
    for module in order where !used.contains(module) && fits(module) && isFirst(module) {
      used.insert(module)
      let assignments = modules[module].units.indices.map { Assignment(module: module, number: $0) }
      path += assignments
      try extend()
      path.removeLast(assignments.count)
      used.remove(module)
    }
  }

  /// Whether the module's layers are those that come next, and the user didn't assign them elsewhere.
  private func fits(_ module: Int) -> Bool {
    let layers = path.count..<path.count + modules[module].units.count
    guard layers.upperBound <= units.count, units[layers].elementsEqual(modules[module].units) else {
      return false
    }
    let name = modules[module].prefix
    return layers.allSatisfy { (pinned[$0] ?? name) == name }
      && (isPinned(module) == isPinned(module, in: layers))
  }

  private func isPinned(_ module: Int) -> Bool { isPinned(module, in: units.indices) }

  private func isPinned(_ module: Int, in layers: Range<Int>) -> Bool {
    pinned[layers].contains(modules[module].prefix)
  }

  /// Whether no interchangeable module that is unassigned comes before it.
  private func isFirst(_ module: Int) -> Bool {
    if isPinned(module) { return true }
    let alike = order.filter {
      !used.contains($0) && !isPinned($0) && modules[$0].units == modules[module].units
    }
    return alike.first == module
  }

  /// Refuses an order among interchangeable modules that isn't given by numbers.
  private func refuseUnordered(_ assignments: [Assignment], _ layers: [WeightedLayer]) throws {
    for (index, assignment) in assignments.enumerated()
    where assignment.number == 0 && !isPinned(assignment.module) {
      let alike = assignments.indices.first { other in
        other > index && assignments[other].number == 0 && !isPinned(assignments[other].module)
          && modules[assignments[other].module].units == modules[assignment.module].units
          && !NumberedName(modules[assignment.module].prefix).differsByNumberAlone(
            from: NumberedName(modules[assignments[other].module].prefix))
      }
      if let alike { throw ambiguity(layers[index], assignment.module, assignments[alike].module) }
    }
  }
}

/// A module's name as words and numbers: `layers.10` comes after `layers.9`, `lstm_1` after `lstm`.
struct NumberedName: Comparable {
  private let words: [String]
  private let numbers: [Int]

  init(_ name: String) {
    var (words, numbers, word, digits): ([String], [Int], String, String) = ([], [], "", "")
    for character in name + "\u{0}" {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        if !digits.isEmpty {
          words.append(word)
          numbers.append(Int(digits) ?? .max)
          (word, digits) = ("", "")
        }
        word.append(character)
      }
    }
    word.removeLast()
    // `lstm` counts as the number before `lstm_1` and `lstm1`.
    if word.isEmpty, let last = words.last {
      words[words.count - 1] = String(last.reversed().drop { "._-".contains($0) }.reversed())
    } else {
      words.append(word)
      numbers.append(-1)
    }
    (self.words, self.numbers) = (words, numbers)
  }

  func differsByNumberAlone(from other: NumberedName) -> Bool {
    words == other.words && numbers != other.numbers
  }

  static func < (left: NumberedName, right: NumberedName) -> Bool {
    if left.words == right.words { return left.numbers.lexicographicallyPrecedes(right.numbers) }
    return left.words.lexicographicallyPrecedes(right.words)
  }
}
