// Labels as numbers. A class's id is known only after all rows: names are sorted, integers as
// numbers, so that ids don't depend on the order of rows. Until then, labels have provisional ids.

import Failures
import Tensor
import TensorFile

/// What the labels of a text file can be.
public enum LabelChoice: Sendable, Equatable {
  /// Any labels; the classes are found.
  case found
  /// Labels of these classes of a model: one per row, or several if the model allows it.
  case classes(ClassNames)
  /// Labels of these classes, in the order given by the user; one or several per row, as they occur.
  case ordered(ClassNames)
  /// Numbers, for a model without classes.
  case numbers
}

/// The labels that occurred.
struct LabelTable {
  /// How rows are labeled.
  private enum Form {
    case none, name, number, several

    var text: String {
      switch self {
      case .none: "no label"
      case .name: "a named label"
      case .number: "a numeric label"
      case .several: "a list of labels"
      }
    }
  }

  /// The maximum number of distinct labels.
  private static let limit = 1 << 20
  /// The maximum length of a label in bytes.
  private static let longestLabel = 1 << 12

  private let choice: LabelChoice
  private var form: Form?
  private var names: [String] = []
  private var ids: [String: Int32] = [:]
  /// The values of the names, if they are to be numbers.
  private var values: [Float] = []
  /// Whether each row had one label so far, although it could have several.
  private var hasOnlySingles = true
  /// Whether several labels were written as a list, which counts as several, whatever its length.
  private let listsAreSeveral: Bool

  init(_ choice: LabelChoice, listsAreSeveral: Bool) {
    self.choice = choice
    self.listsAreSeveral = listsAreSeveral
    allowsSeveral = if case .classes(let classes) = choice { classes.allowsSeveral } else { false }
    if let classes = givenClasses {
      names = classes.names
      for (id, name) in names.enumerated() { ids[name] = Int32(id) }
    }
  }

  /// Whether rows can have several labels.
  let allowsSeveral: Bool

  /// The provisional ids of a row's labels; nil if rows have none.
  mutating func ids(of label: TextRecord.Label?) throws(Failure) -> [Int32]? {
    guard let label else {
      try check(.none)
      return nil
    }
    switch label {
    case .several(let labels):
      if case .classes(let classes) = choice, !classes.allowsSeveral {
        guard labels.count == 1 else {
          throw Failure.data("has \(labels.count) labels, but each row of the model has one")
        }
        try check(.name)
        return [try id(labels[0], isNumber: false)]
      }
      try check(.several)
      if labels.count != 1 { hasOnlySingles = false }
      var found: [Int32] = []
      for name in labels { found.append(try id(name, isNumber: false)) }
      return found
    case .name(let name): return [try id(ofOnly: name)]
    case .integer(let number):
      try check(allowsSeveral ? .several : .number)
      return [try id(String(number), isNumber: true)]
    case .number(let number):
      try check(.number)
      return [try id("\(number)", isNumber: true)]
    }
  }

  /// The provisional id of a row's only label, a name: the usual case.
  mutating func id(ofOnly name: String) throws(Failure) -> Int32 {
    try check(allowsSeveral ? .several : .name)
    return try id(name, isNumber: false)
  }

  private mutating func id(_ name: String, isNumber: Bool) throws(Failure) -> Int32 {
    if let id = ids[name] { return id }
    guard !name.isEmpty else {
      throw Failure.data("the label is empty", remedy: "label the row, or remove it")
    }
    guard name.utf8.count <= Self.longestLabel else {
      throw Failure.data(
        "the label is longer than \(Self.longestLabel) bytes", remedy: "write a tab within a text as \\t")
    }
    switch choice {
    case .found: break
    case .classes(let classes), .ordered(let classes):
      // A whole number that is not a name is a class id.
      if let id = Int32(name), names.indices.contains(Int(id)), String(id) == name { return id }
      throw unknown(name, classes)
    case .numbers:
      guard isNumber || Self.number(name) != nil else {
        throw Failure.data("the label \(name) is not a number, and the model has no classes")
      }
    }
    guard names.count < Self.limit else { throw tooMany }
    let id = Int32(names.count)
    names.append(name)
    if choice == .numbers { values.append(Float(Self.number(name) ?? .nan)) }
    ids[name] = id
    return id
  }

  private func unknown(_ name: String, _ classes: ClassNames) -> Failure {
    let known = classes.names.prefix(8).joined(separator: ", ")
    return Failure.data(
      "the label \(name) is not one of the classes \(known)\(classes.count > 8 ? ", ..." : "")")
  }

  private var tooMany: Failure {
    Failure.data("more than \(ClassNames.limit) different labels", remedy: "write a tab within a text as \\t")
  }

  private mutating func check(_ found: Form) throws(Failure) {
    guard let form else { return self.form = found }
    guard form == found else {
      throw Failure.data(
        "has \(found.text), but the lines before have \(form.text)",
        remedy: "all rows must have the same kind of label, or none")
    }
  }

  /// A finite number as labels are written; nil for anything else.
  static func number(_ text: String) -> Double? {
    guard let value = Double(text), value.isFinite,
      text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) })
    else { return nil }
    return value
  }
}

// MARK: - The result

extension LabelTable {
  /// Whether no later row can change what the labels read so far mean, so that their rows can be used at once.
  var isSettled: Bool {
    guard let form else { return false }
    return switch choice {
    case .classes, .numbers: true
    case .found, .ordered: form == .none
    }
  }

  /// Whether the order of the classes is given, and a row was read.
  var isOrdered: Bool { if case .ordered = choice { form != nil } else { false } }

  /// What the labels are, as far as rows were read.
  func labels() throws(Failure) -> RowLabels {
    guard let form, form != .none else { return RowLabels(kind: .none, classes: givenClasses) }
    if choice == .numbers { return RowLabels(kind: .numbers(values), classes: nil) }
    let isSeveral = form == .several && (allowsSeveral || listsAreSeveral || !hasOnlySingles)
    if var classes = givenClasses {
      classes.allowsSeveral = isSeveral
      return RowLabels(
        kind: isSeveral ? .several(map: Array(0..<Int32(classes.count))) : .classes(map: nil),
        classes: classes)
    }
    if !isSeveral, isContinuous { return RowLabels(kind: .numbers(numbers), classes: nil) }
    guard names.count <= ClassNames.limit else { throw tooMany }
    let order = names.indices.sorted(by: isBefore)
    var map = [Int32](repeating: 0, count: names.count)
    for (id, index) in order.enumerated() { map[index] = Int32(id) }
    var classes = try ClassNames(order.map { names[$0] })
    classes.allowsSeveral = isSeveral
    return RowLabels(kind: isSeveral ? .several(map: map) : .classes(map: map), classes: classes)
  }

  private var givenClasses: ClassNames? {
    switch choice {
    case .classes(let classes), .ordered(let classes): classes
    case .found, .numbers: nil
    }
  }

  private var numbers: [Float] { names.map { Float(Self.number($0) ?? .nan) } }

  /// Whether all labels are numbers, and one of them has a fraction: a quantity, not classes.
  private var isContinuous: Bool {
    let values = names.map { Self.number($0) }
    return values.allSatisfy { $0 != nil } && values.contains { $0 != $0?.rounded() }
  }

  /// Whether all labels are whole numbers, which are ordered as numbers.
  private var areIntegers: Bool { names.allSatisfy { Int64($0).map { String($0) } == $0 } }

  private var isBefore: (Int, Int) -> Bool {
    let names = names
    if areIntegers { return { (Int64(names[$0]) ?? 0) < (Int64(names[$1]) ?? 0) } }
    let numbers = names.compactMap { Self.number($0) }
    let areNumbers = numbers.count == names.count
    return { a, b in
      areNumbers && numbers[a] != numbers[b]
        ? numbers[a] < numbers[b] : names[a].utf8.lexicographicallyPrecedes(names[b].utf8)
    }
  }
}
