// A program's text: the header's declarations, and the functions with their loops.

import Failures

/// A program in C, with its parameters, as text.
struct CText {
  let program: CProgram
  let interface: CInterface
  let architecture: Architecture
  let options: CHeaderOptions

  init(
    _ program: CProgram, _ interface: CInterface, _ architecture: Architecture, _ options: CHeaderOptions
  ) {
    (self.program, self.interface) = (program, interface)
    (self.architecture, self.options) = (architecture, options)
  }

  var shared: CDeclarations { program.shared }
  var name: String { shared.prefix.name }
  var macro: String { shared.prefix.macro }

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

      \(shared.constants.map(\.text).joined(separator: "\n"))
      \(shared.functions.map(\.text).joined(separator: "\n"))
      \(stages.all.flatMap(\.functions).map { "\($0.text)\n" }.joined())\(begin)
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
    Set(shared.values.filter(isStoredHere).compactMap(\.axis))
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
    var result = shared.members.map { ($0.element, "\($0.name)[\($0.count)]", $0.count) }
    let used = Set(stages.allPieces.flatMap(\.writes).map { program[$0].name })
    for value in shared.values {
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
    if shared.scratch > 0 {
      result.append((.float, "work[\(shared.scratch)]", shared.scratch))
    }
    if result.isEmpty { result.append((.flag, "nothing[1]", 1)) }
    let order: [CElement] = [.double, .float, .count, .flag]
    return order.flatMap { element in result.filter { $0.0 == element } }
  }

  /// The steps of an axis in training.
  func trained(_ axis: CAxis) -> Int {
    switch axis {
    case .fixed(let number): number
    case .input(let number): interface.steps.first { $0.input == number }?.trained ?? 1
    }
  }

  /// The bytes of the state, for the largest numbers of steps.
  var stateBytes: Int {
    let bytes = members.reduce(0) { $0 + $1.element.size * $1.count }
    let alignment = members.map(\.element.size).max() ?? 1
    return (bytes + alignment - 1) / alignment * alignment
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

  // MARK: Stages

  /// The parts of a run.
  var stages: CStages { CStages(program, prefix: name, state: stateParameter, runParameters) }

  // MARK: The interface

  private var stateParameter: CStages.Parameter { ("\(name)_state *", "s") }

  private var runParameters: [CStages.Parameter] {
    let inputs = interface.inputs.enumerated().flatMap { number, input in
      [("const \(input.element.rawValue) *", input.name)]
        + interface.steps.filter { $0.input == number }.map { ("size_t ", $0.name) }
    }
    return inputs + interface.outputs.map { ("float *", $0.name) }
  }

  private var stepParameters: [CStages.Parameter] {
    runParameters.filter { $0.type != "size_t " }
  }

  /// The loop of a network that can run step by step; nil if it needs whole sequences.
  var stepLoop: CLoop? {
    let loops = stages.loops
    guard let loop = loops.first, loops.count == 1, loop.level == 0, !loop.isBackward,
      case .input = loop.axis, program.vectors[0] == nil, storedAxes.isEmpty, !readsWholeInputs,
      program.beginnings[loop]?.allSatisfy({ $0.reads.isEmpty }) ?? true
    else { return nil }
    return loop
  }

  /// Whether a step reads an input's other steps.
  private var readsWholeInputs: Bool {
    shared.values.contains { value in
      guard case .view(let other, _, _, _) = value.place, case .input? = program[other].axis else {
        return false
      }
      return true
    }
  }

  private func list(_ parameters: [CStages.Parameter]) -> String {
    parameters.map { $0.type + $0.name }.joined(separator: ", ")
  }

  private var runHead: String { "int \(name)_run(\(list(runParameters)))" }
  private var runInHead: String { "int \(name)_run_in(\(list([stateParameter] + runParameters)))" }
  private var resetHead: String { "void \(name)_reset(\(list([stateParameter])))" }
  private var stepHead: String { "int \(name)_step(\(list([stateParameter] + stepParameters)))" }

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
    let stage = stages.stage(loop, 0)
    let vectors = stages.vectors(1)
    // The pass of step 0 reads and writes the first step of its parameters.
    let pass = stage.functions.last.map { $0.call(["t": "0"]) } ?? ""
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
    return checks + idChecks(isStep: false) + usingState(stages.all.flatMap(\.calls)) + ["return 0;"]
  }

  /// Calls, in a function that has the state whether they use it or not.
  private func usingState(_ calls: [String]) -> [String] {
    (CFunction.words(calls).contains("s") ? [] : ["(void)s;"]) + calls
  }

  /// Refuses ids outside of the vocabulary.
  private func idChecks(isStep: Bool) -> [String] {
    interface.inputs.compactMap { input in
      guard let vocabulary = input.vocabulary, let axis = input.axis else { return nil }
      func check(_ place: String) -> String {
        let id = "\(input.name)[\(place)]"
        return "if (\(id) < 0 || \(id) >= \(vocabulary)) return -2;"
      }
      if isStep && input.width == 1 { return check("0") }
      let steps = (isStep ? [] : [program.count(axis)]) + (input.width == 1 ? [] : ["\(input.width)"])
      return "for (t = 0; t < \(steps.joined(separator: " * ")); t++) \(check("t"))"
    }
  }
}
