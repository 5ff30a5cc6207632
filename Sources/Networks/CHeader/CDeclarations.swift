// What all parts of a program in C share: names, values, the members of the state, constants and functions.

/// The declarations of a program and of those that run within it.
final class CDeclarations {
  /// The beginning of all names outside of functions.
  let prefix: CPrefix
  /// Whether constants are written, or only checked and counted.
  let writesConstants: Bool
  /// Names of parameters, variables and members.
  let names = CNames()
  var values: [CDescription] = []
  /// The members of the state besides values: name, type and count.
  private(set) var members: [(name: String, element: CElement, count: Int)] = []
  /// The numbers that the layers need for a moment.
  private(set) var scratch = 0
  /// Constants and functions, in the order in which they are needed.
  private(set) var constants: [(name: String, text: String, bytes: Int)] = []
  private(set) var functions: [(name: String, text: String)] = []
  /// The names of the parameters with the inputs' numbers of steps.
  var stepNames: [Int: String] = [:]
  /// The number of programs that run within others.
  private var nested = 0

  init(_ prefix: CPrefix, writesConstants: Bool) {
    (self.prefix, self.writesConstants) = (prefix, writesConstants)
  }

  /// A member of the state; returns how it is written.
  func member(_ name: String, _ element: CElement, _ count: Int) -> String {
    members.append((name, element, count))
    return "s->\(name)"
  }

  /// Reserves numbers for a moment.
  func reserve(scratch count: Int) { scratch = max(scratch, count) }

  /// Adds a constant unless it is there; returns its name.
  func constant(_ name: String, bytes: Int, _ text: (String) throws -> String) rethrows -> String {
    let full = "\(prefix.name)_\(name)"
    if !constants.contains(where: { $0.name == full }) {
      constants.append((full, writesConstants ? try text(full) : "", bytes))
    }
    return full
  }

  /// Adds a function unless it is there; returns its name.
  func function(_ name: String, _ text: (String) -> String) -> String {
    let full = "\(prefix.name)_\(name)"
    if !functions.contains(where: { $0.name == full }) { functions.append((full, text(full))) }
    return full
  }

  /// A number for a program that runs within another one.
  func numberNested() -> Int {
    nested += 1
    return nested
  }
}
