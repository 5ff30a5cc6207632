// The comment at the beginning of a C header: what the numbers are, how to call the functions, and what they need.

extension CText {
  /// The comment.
  var comment: String {
    let origin = options.run.map { ", run \($0)" } ?? ""
    let paragraphs = [
      ["\(name).h - a network in C99, written by rnnpipe \(options.version)\(origin)"],
      ["Layers: \(architecture.text)"], parameterLines, options.notes, needs, functionLines, example,
    ]
    let lines = paragraphs.filter { !$0.isEmpty }.joined(separator: [""])
    return "/*\n" + lines.flatMap(Self.wrapped).map { $0.isEmpty ? " *\n" : " * \($0)\n" }.joined() + " */"
  }

  private var parameterLines: [String] {
    let inputs = interface.inputs.map { input in
      let kind = input.vocabulary.map { "int32_t, ids from 0 to \($0 - 1)" } ?? "float"
      return "\(input.label): \(extents(input)), \(kind)"
    }
    let outputs = interface.outputs.map { "\($0.name): \(extents($0)), float" }
    return ["Inputs"] + inputs.map { "  \($0)" } + ["Outputs"] + outputs.map { "  \($0)" }
  }

  /// The shape of a parameter, as C's indices.
  private func extents(_ parameter: CInterface.Parameter) -> String {
    let width = parameter.vocabulary == nil || parameter.width > 1 ? "[\(parameter.width)]" : ""
    guard let axis = parameter.axis else { return "\(parameter.name)\(width)" }
    return "\(parameter.name)[\(program.count(axis))]\(width)"
  }

  private var needs: [String] {
    let constants = shared.constants.reduce(0) { $0 + $1.bytes }
    let trained = interface.steps.map { "\($0.name) = \($0.trained)" }
    let total = trained.isEmpty ? "" : " with \(trained.joined(separator: ", ")), as in training"
    var lines = [
      "Constants: \(constants) bytes. Memory, \(name)_state: \(stateBytes) bytes; nothing is allocated.",
      "Multiplications with additions: \(stages.work(self.trained)) in all\(total).",
    ]
    if let loop = stepLoop {
      let step = stages.work(step: loop, self.trained)
      let result = (program.vectors[1] ?? []).reduce(0) { $0 + $1.work }
      lines.append("One step: \(step)\(result == 0 ? "" : ", and \(result) for its result").")
    }
    return lines
  }

  private var functionLines: [String] {
    var lines = [
      "\(name)_run computes the outputs of a whole sequence, with \(name)_state on the stack; \(name)_run_in has it from",
      "the caller. \(results) Inputs must be finite.",
    ]
    if stepLoop != nil {
      lines += [
        "\(name)_reset begins a sequence, \(name)_step reads its next step, and gives what \(name)_run gives of the steps so",
        "far: the outputs that have steps, at the newest one.",
      ]
    }
    if architecture.isStateful {
      lines.append(
        stepLoop == nil
          ? "The network was trained with states that are carried on; every run begins with states of zero."
          : "The network was trained with states that are carried on: every run begins with states of zero, steps carry on."
      )
    }
    return lines
  }

  /// What the functions return.
  private var results: String {
    let limits = interface.steps.map { steps in
      "\(steps.name) is 0\(maximum(.input(steps.input)).map { " or above \($0)" } ?? "")"
    }
    let problems =
      (limits.isEmpty ? [] : ["-1 if \(limits.joined(separator: ", or "))"])
      + (interface.inputs.contains { $0.vocabulary != nil } ? ["-2 if an id is not in the vocabulary"] : [])
    return problems.isEmpty
      ? "Both return 0." : "Both return 0, or, without an output, \(problems.joined(separator: ", "))."
  }

  private var example: [String] {
    let arrays = interface.inputs.map { "  static \($0.element.rawValue) \(extentsInNumbers($0));" }
    let results = interface.outputs.map { "  static float \(extentsInNumbers($0));" }
    let arguments = interface.inputs.enumerated().flatMap { number, input in
      [input.name] + interface.steps.filter { $0.input == number }.map { "\($0.trained)" }
    }
    let call = (arguments + interface.outputs.map(\.name)).joined(separator: ", ")
    let first = interface.outputs.first.map { "\($0.name)[0]" } ?? "0"
    return [
      "In one C file, before the header is included, #define \(macro)_IMPLEMENTATION:", "",
      "  #define \(macro)_IMPLEMENTATION", "  #include \"\(name).h\"", "  #include <stdio.h>", "",
      "  int main(void)", "  {",
    ] + arrays.map { "  \($0)" } + results.map { "  \($0)" } + [
      "    // fill the inputs here", "    if (\(name)_run(\(call)) != 0) return 1;",
      "    printf(\"%g\\n\", (double)\(first));", "    return 0;", "  }",
    ]
  }

  /// The parameter as an array of the size in training.
  private func extentsInNumbers(_ parameter: CInterface.Parameter) -> String {
    let steps = parameter.axis == nil ? "" : "\(parameter.shape.steps ?? 1) * "
    return "\(parameter.name)[\(steps)\(parameter.width)]"
  }

  /// A line in lines of a readable length, without what would end the comment.
  private static func wrapped(_ line: String) -> [String] {
    let safe = String(line.map { $0.isNewline ? " " : $0 }).replacing("*/", with: "* /").replacing(
      "/*", with: "/ *")
    guard safe.count > 116 else { return [safe] }
    let indent = String(safe.prefix { $0 == " " }) + "  "
    var (lines, current) = ([String](), "")
    for word in safe.split(separator: " ", omittingEmptySubsequences: false) {
      if current.count + word.count > 115, !current.isEmpty {
        lines.append(current)
        current = indent + word
      } else {
        current += (current.isEmpty && lines.isEmpty ? "" : " ") + word
      }
    }
    return lines + [current]
  }
}
