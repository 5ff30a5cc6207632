// A program's text: the header's declarations, and the functions with their loops.

import Failures

/// A program in C, with its parameters, as text.
struct CText {
  let program: CProgram
  let interface: CInterface
  let architecture: Architecture
  let options: CHeaderOptions
  /// The loops in their order.
  let loops: [CLoop]

  init(
    _ program: CProgram, _ interface: CInterface, _ architecture: Architecture, _ options: CHeaderOptions
  ) {
    (self.program, self.interface) = (program, interface)
    (self.architecture, self.options) = (architecture, options)
    let all = Set(program.loops.keys).union(program.beginnings.keys)
    // The axes of a level's loops don't depend on each other; numbers come before parameters.
    func key(_ loop: CLoop) -> (Int, Int, Int, Int) {
      let axis = if case .input(let number) = loop.axis { (1, number) } else { (0, Self.number(loop.axis)) }
      return (loop.level, axis.0, axis.1, loop.isBackward ? 1 : 0)
    }
    loops = all.sorted { key($0) < key($1) }
  }

  private static func number(_ axis: CAxis) -> Int {
    switch axis {
    case .fixed(let number), .input(let number): number
    }
  }

  var name: String { program.prefix.name }
  var macro: String { program.prefix.macro }

  /// The whole header.
  var header: String {
    let begin = "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
    let end = "#ifdef __cplusplus\n}\n#endif\n"
    return """
      \(comment)
      #ifndef \(macro)_H
      #define \(macro)_H

      #include <stddef.h>
      #include <stdint.h>

      \(maxima)\(begin)
      \(state)
      \(declarations)
      \(end)
      #endif /* \(macro)_H */

      #if defined(\(macro)_IMPLEMENTATION) && !defined(\(macro)_IMPLEMENTED)
      #define \(macro)_IMPLEMENTED

      #include <math.h>
      #include <string.h>

      \(program.constants.map(\.text).joined(separator: "\n"))
      \(program.functions.map(\.text).joined(separator: "\n"))
      \(passes)\(begin)
      \(definitions)
      \(end)
      #endif /* \(macro)_IMPLEMENTATION */

      """
  }

  // MARK: The state

  /// The macro with the largest number of steps on an axis; nil if nothing is stored for its steps.
  func maximum(_ axis: CAxis) -> String? {
    guard case .input(let number) = axis, storedAxes.contains(axis),
      let steps = interface.steps.first(where: { $0.input == number })
    else { return nil }
    return interface.steps.count == 1 ? "\(macro)_MAX_STEPS" : "\(macro)_MAX_\(steps.name.uppercased())"
  }

  private var storedAxes: Set<CAxis> {
    Set(program.values.filter(isStoredHere).compactMap(\.axis))
  }

  /// Whether the state has all steps of a value.
  private func isStoredHere(_ value: CDescription) -> Bool {
    guard case .loop = value.place else { return false }
    return value.isStored && value.argument == nil
  }

  private var maxima: String {
    interface.steps.map { steps in
      guard let maximum = maximum(.input(steps.input)) else { return "" }
      return """
        /* The largest number of steps; memory for them is in \(name)_state. */
        #ifndef \(maximum)
        #define \(maximum) \(steps.trained)
        #endif


        """
    }.joined()
  }

  /// The members of the state: their type, and what they are.
  private var members: [(element: CElement, declaration: String, count: Int)] {
    var result = program.members.map { ($0.element, "\($0.name)[\($0.count)]", $0.count) }
    let used = Set(loops.flatMap { pieces(of: $0).flatMap(\.writes) }.map { program[$0].name })
    for value in program.values {
      switch value.place {
      case .loop where isStoredHere(value):
        let axis = value.axis ?? .fixed(1)
        let (count, number) = (maximum(axis) ?? program.count(axis), trained(axis))
        let extent = value.width == 1 ? count : "\(value.width) * \(count)"
        result.append((value.element, "\(value.name)_steps[\(extent)]", value.width * number))
      case .loop where !value.isStored && value.home == nil,
        .anyLoop where used.contains(value.name),
        .vector where value.home == nil && value.argument == nil:
        result.append((value.element, "\(value.name)[\(value.width)]", value.width))
      default: break
      }
    }
    if program.scratch > 0 { result.append((.float, "work[\(program.scratch)]", program.scratch)) }
    if result.isEmpty { result.append((.flag, "nothing[1]", 1)) }
    let order: [CElement] = [.float, .count, .flag]
    return order.flatMap { element in result.filter { $0.0 == element } }
  }

  private func trained(_ axis: CAxis) -> Int {
    switch axis {
    case .fixed(let number): number
    case .input(let number): interface.steps.first { $0.input == number }?.trained ?? 1
    }
  }

  /// The bytes of the state, for the largest numbers of steps.
  var stateBytes: Int {
    let bytes = members.reduce(0) { $0 + ($1.element == .flag ? 1 : 4) * $1.count }
    return members.contains { $0.element != .flag } ? (bytes + 3) / 4 * 4 : bytes
  }

  private var state: String {
    let lines = members.map { "  \($0.element.rawValue) \($0.declaration);" }
    return """
      /* All memory that the network needs. */
      typedef struct {
      \(lines.joined(separator: "\n"))
      } \(name)_state;

      """
  }

  // MARK: Loops

  /// The pieces of a loop, each after those that compute what it reads.
  func pieces(of loop: CLoop) -> [CPiece] {
    var (result, done): ([CPiece], Set<CValue>) = ([], [])
    func prepare(_ piece: CPiece) {
      for value in piece.reads where done.insert(value).inserted {
        guard let other = program.repeated[value] else { continue }
        prepare(other)
        result.append(other)
      }
    }
    for piece in program.loops[loop] ?? [] {
      prepare(piece)
      result.append(piece)
    }
    return result
  }

  /// A function of pieces, with the parameters that it uses.
  private func function(_ suffix: String, _ pieces: [CPiece], _ loop: CLoop?) -> CFunction {
    let body = pieces.flatMap { piece in piece.lines + piece.writes.compactMap { stored($0, in: loop) } }
    let words = CFunction.words(body)
    var (seen, pointers): (Set<CValue>, [String]) = ([], [])
    let written = Set(pieces.flatMap(\.writes))
    for value in pieces.flatMap({ $0.reads + $0.writes }) where seen.insert(value).inserted {
      let own = program[value]
      let pointer = program.pointer(value, in: loop)
      guard pointer != own.name, words.contains(Substring(own.name)) else { continue }
      let type = own.element.rawValue
      pointers.append("\(written.contains(value) ? "" : "const ")\(type) *const \(own.name) = \(pointer);")
    }
    return CFunction(name: "\(name)_\(suffix)", lines: pointers + body, parameters)
  }

  /// Stores a step of a value that its loop keeps elsewhere.
  private func stored(_ value: CValue, in loop: CLoop?) -> String? {
    let own = program[value]
    guard loop != nil, own.isStored, let home = own.home else { return nil }
    let place = own.width == 1 ? "t" : "t * \(own.width)"
    return
      "memcpy(\(program.base(value)) + \(place), \(home), \(own.width) * sizeof(\(own.element.rawValue)));"
  }

  /// The functions that a run calls, and how.
  private struct Stage {
    var functions: [CFunction] = []
    var calls: [String] = []
  }

  private func vectors(_ level: Int) -> Stage {
    guard let pieces = program.vectors[level] else { return Stage() }
    let function = function("vectors_\(level)", pieces, nil)
    return Stage(functions: [function], calls: [function.call()])
  }

  private func stage(_ loop: CLoop, _ number: Int) -> Stage {
    var stage = Stage()
    if let beginning = program.beginnings[loop] {
      let function = function("begin_\(number)", beginning, nil)
      stage.functions.append(function)
      stage.calls.append(function.call())
    }
    let pass = function("pass_\(number)", pieces(of: loop), loop)
    let count = program.count(loop.axis)
    stage.functions.append(pass)
    stage.calls.append(
      loop.isBackward
        ? "for (t = \(count); t-- > 0;) \(pass.call())" : "for (t = 0; t < \(count); t++) \(pass.call())")
    return stage
  }

  private var stages: [Stage] {
    let levels = Set(program.vectors.keys).union(loops.map(\.level)).sorted()
    return levels.flatMap { level in
      [vectors(level)]
        + loops.enumerated().filter { $1.level == level }.map { stage($1, $0) }
    }
  }

  private var passes: String {
    stages.flatMap(\.functions).map { "\($0.text)\n" }.joined()
  }

  // MARK: The interface

  /// All parameters of a run, with their types.
  private var parameters: [(type: String, name: String)] {
    [("\(name)_state *", "s"), ("size_t ", "t")] + runParameters
  }

  private var runParameters: [(type: String, name: String)] {
    let inputs = interface.inputs.enumerated().flatMap { number, input in
      [("const \(input.element.rawValue) *", input.name)]
        + interface.steps.filter { $0.input == number }.map { ("size_t ", $0.name) }
    }
    return inputs + interface.outputs.map { ("float *", $0.name) }
  }

  private var stepParameters: [(type: String, name: String)] {
    runParameters.filter { $0.type != "size_t " }
  }

  /// The loop of a network that can run step by step; nil if it needs whole sequences.
  var stepLoop: CLoop? {
    guard let loop = loops.first, loops.count == 1, loop.level == 0, !loop.isBackward,
      case .input = loop.axis, program.vectors[0] == nil, storedAxes.isEmpty,
      program.beginnings[loop]?.allSatisfy({ $0.reads.isEmpty }) ?? true
    else { return nil }
    return loop
  }

  private func list(_ parameters: [(type: String, name: String)]) -> String {
    parameters.map { $0.type + $0.name }.joined(separator: ", ")
  }

  private var runHead: String { "int \(name)_run(\(list(runParameters)))" }
  private var runInHead: String { "int \(name)_run_in(\(list([parameters[0]] + runParameters)))" }
  private var resetHead: String { "void \(name)_reset(\(list([parameters[0]])))" }
  private var stepHead: String { "int \(name)_step(\(list([parameters[0]] + stepParameters)))" }

  private var declarations: String {
    let step =
      stepLoop == nil
      ? "" : "/* One step at a time, from a reset on. */\n\(resetHead);\n\(stepHead);\n\n"
    return """
      /* A whole sequence, with the memory on the stack, or where the caller has it. */
      \(runHead);
      \(runInHead);

      \(step)
      """
  }

  private var definitions: String {
    let names = runParameters.map(\.name).joined(separator: ", ")
    var result = """
      \(runHead)
      {
        \(name)_state memory;
        return \(name)_run_in(&memory, \(names));
      }

      \(CFunction.define(runInHead, runLines))

      """
    guard let loop = stepLoop else { return result }
    let stage = stage(loop, 0)
    let vectors = vectors(1)
    // The pass of step 0 reads and writes the first step of its parameters.
    let pass = stage.functions.last.map { $0.call(t: "0") } ?? ""
    result += """

      \(CFunction.define(resetHead, stage.functions.count > 1 ? [stage.functions[0].call()] : ["(void)s;"]))

      \(CFunction.define(stepHead, idChecks(isStep: true) + usingState([pass] + vectors.calls) + ["return 0;"]))

      """
    return result
  }

  private var runLines: [String] {
    let checks = interface.steps.map { steps in
      let most = maximum(.input(steps.input)).map { " || \(steps.name) > \($0)" } ?? ""
      return "if (\(steps.name) == 0\(most)) return -1;"
    }
    return checks + idChecks(isStep: false) + usingState(stages.flatMap(\.calls)) + ["return 0;"]
  }

  /// Calls, in a function that has the state whether they use it or not.
  private func usingState(_ calls: [String]) -> [String] {
    (CFunction.words(calls).contains("s") ? [] : ["(void)s;"]) + calls
  }

  /// Refuses ids outside of the vocabulary.
  private func idChecks(isStep: Bool) -> [String] {
    interface.inputs.compactMap { input in
      guard let vocabulary = input.vocabulary, let axis = input.axis else { return nil }
      let id = isStep ? "\(input.name)[0]" : "\(input.name)[t]"
      let check = "if (\(id) < 0 || \(id) >= \(vocabulary)) return -2;"
      return isStep ? check : "for (t = 0; t < \(program.count(axis)); t++) \(check)"
    }
  }
}

/// A function of a program.
struct CFunction {
  let name: String
  private let lines: [String]
  private let parameters: [(type: String, name: String)]

  /// - Parameter parameters: all that its lines may use; it takes those that they do.
  init(name: String, lines: [String], _ parameters: [(type: String, name: String)]) {
    (self.name, self.lines) = (name, lines)
    let words = Self.words(lines)
    self.parameters = parameters.filter { words.contains(Substring($0.name)) }
  }

  /// The words of lines.
  static func words(_ lines: [String]) -> Set<Substring> {
    Set(lines.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "_") } })
  }

  /// A call with variables of the parameters' names.
  /// - Parameter t: the step.
  func call(t: String = "t") -> String {
    "\(name)(\(parameters.map { $0.name == "t" ? t : $0.name }.joined(separator: ", ")));"
  }

  /// Its definition.
  var text: String {
    let list = parameters.map { $0.type + $0.name }.joined(separator: ", ")
    return Self.define("static void \(name)(\(list.isEmpty ? "void" : list))", lines)
  }

  /// A definition, with the variables that count.
  static func define(_ head: String, _ lines: [String]) -> String {
    let words = words(lines)
    let isParameter = head.contains("size_t t,") || head.contains("size_t t)")
    let counters = ["i", "t"].filter { words.contains(Substring($0)) && !($0 == "t" && isParameter) }
    let declaration = counters.isEmpty ? [] : ["size_t \(counters.joined(separator: ", "));"]
    return "\(head)\n{\n\((declaration + lines).map { "  \($0)\n" }.joined())}\n"
  }
}
