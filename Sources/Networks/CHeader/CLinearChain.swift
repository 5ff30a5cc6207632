// A conditional random field in C: the best sequence of labels by Viterbi's algorithm, with a loop over the steps that finds
// the best label before each, and one back that follows them. Scores are added in double precision, as in
// Kernels/LinearChain.swift, and of equal ones the first label counts. Masked steps are left out, and have no label.

import Tensor

extension ConditionalRandomField {
  func writeC(_ call: CCall) throws -> [CValue] {
    let chain = CChain(call)
    let before = try chain.labelsBefore()
    return [try chain.path(before)]
  }
}

/// A chain of labels, and its memory in the program's state.
private struct CChain {
  private let call: CCall
  private let labels: Int
  private let mask: CValue?
  private let axis: CAxis
  /// The scores of the best paths that end in each label, and those of the step before.
  private let scores: String
  private let earlier: String
  /// Whether there was a step.
  private let begun: String
  /// The label of the current step on the way back.
  private let label: String
  private var program: CProgram { call.program }

  init(_ call: CCall) {
    (self.call, labels, mask) = (call, call.width, call.input.mask)
    let shared = call.program.shared
    axis = call.program[call.input.value].axis ?? .fixed(1)
    scores = shared.member(call.memberName("scores"), .double, labels)
    earlier = shared.member(call.memberName("earlier"), .double, labels)
    begun = shared.member(call.memberName("begun"), .count, 1)
    label = shared.member(call.memberName("label"), .count, 1)
  }

  /// For each step and label, the label before it on the best path.
  func labelsBefore() throws -> CValue {
    let transitions = try call.array("transitions")
    let start = try call.array("start_transitions")
    let reads = [call.input.value] + (mask.map { [$0] } ?? [])
    let loop = program.loop(reading: reads, over: axis)
    let element: CElement = labels > 256 ? .count : .flag
    let before = program.add(
      CDescription(
        name: program.names.unique("\(call.name)_before"), element: element, width: labels, axis: axis,
        place: .loop(loop)))
    let (x, from) = (program[call.input.value].name, program[before].name)
    let next = "\(extend(element))(\(x), \(transitions), \(labels), \(earlier), \(scores), \(from));"
    let lines =
      call.block("if (\(begun)[0])", [call.call(copying: labels, scores, earlier, .double), next])
      + call.block(
        "else",
        [
          call.forEach(labels, "\(scores)[i] = (double)\(start)[i] + (double)\(x)[i];"),
          call.clear(from, labels, element), "\(begun)[0] = 1;",
        ])
    program.begin(CPiece(lines: ["\(begun)[0] = 0;"], reads: []), loop)
    program.add(
      CPiece(lines: ifCounts(lines), reads: reads, writes: [before], work: labels * labels), to: loop)
    return before
  }

  /// 1 for the label of the best path and 0 for the others at each step.
  func path(_ before: CValue) throws -> CValue {
    let end = try call.array("end_transitions")
    let reads = [before] + (mask.map { [$0] } ?? [])
    let loop = program.loop(reading: reads, over: axis, isBackward: true)
    let path = program.add(
      CDescription(
        name: program.names.unique(call.name), width: labels, axis: axis, place: .loop(loop)))
    program.begin(
      CPiece(
        lines: ["\(label)[0] = \(begun)[0] ? \(best)(\(scores), \(end), \(labels)) : 0;"], reads: []), loop)
    let y = program[path].name
    let lines = ifCounts(["\(y)[\(label)[0]] = 1.0f;", "\(label)[0] = \(program[before].name)[\(label)[0]];"])
    program.add(CPiece(lines: [call.clear(y, labels)] + lines, reads: reads, writes: [path]), to: loop)
    return path
  }

  private func ifCounts(_ lines: [String]) -> [String] {
    mask.map { call.block("if (\(program[$0].name)[0])", lines) } ?? lines
  }

  // MARK: Functions

  /// The function that adds a step to the best paths.
  private func extend(_ element: CElement) -> String {
    let type = element.rawValue
    return program.shared.function(element == .flag ? "extend_paths" : "extend_wide_paths") { name in
      """
      /* One step of Viterbi's algorithm: the scores of the best paths that end in each of n labels, and the labels before. */
      static void \(name)(const float *x, const float *transitions, size_t n, const double *earlier, double *scores,
          \(type) *before)
      {
        size_t i, j;
        for (j = 0; j < n; j++) {
          scores[j] = -HUGE_VAL;
          before[j] = 0;
          for (i = 0; i < n; i++) {
            const double score = earlier[i] + (double)transitions[i * n + j];
            if (score > scores[j]) {
              scores[j] = score;
              before[j] = (\(type))i;
            }
          }
          scores[j] += (double)x[j];
        }
      }

      """
    }
  }

  /// The function that finds the last label of the best path.
  private var best: String {
    program.shared.function("last_label") { name in
      """
      static uint32_t \(name)(const double *scores, const float *end, size_t n)
      {
        size_t i, most = 0;
        for (i = 1; i < n; i++) if (scores[i] + (double)end[i] > scores[most] + (double)end[most]) most = i;
        return (uint32_t)most;
      }

      """
    }
  }
}
