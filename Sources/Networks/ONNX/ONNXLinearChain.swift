// A conditional random field in ONNX: the best sequence of labels by Viterbi's algorithm, as a Scan over the steps that finds
// the best label before each, and one back that follows them. Scores are added in double precision, as in
// Kernels/LinearChain.swift, and of equal ones the first label counts. Masked steps are left out, and have no label.

import ONNX
import Tensor

extension ConditionalRandomField {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let chain = try ONNXChain(call)
    let packed = try call.input.mask.map { try PackedSteps($0, call) }
    let emissions = packed?.pack(call.input.value) ?? call.input.value
    var labels = chain.labels(emissions, lengths: packed?.lengths)
    if let packed { labels = packed.unpack(labels, backwards: false) }
    guard let mask = call.input.mask else { return [labels] }
    return [call.node("Where", [call.counts(mask), labels, call.graph.scalar(0)])]
  }
}

/// The transitions of a chain of labels.
private struct ONNXChain {
  private let call: ONNXCall
  private let count: Int
  private let transitions: ONNXValue
  private let start: ONNXValue
  private let end: ONNXValue
  private var graph: ONNXGraph { call.graph }

  init(_ call: ONNXCall) throws {
    self.call = call
    count = call.input.shape.width
    func doubled(_ value: ONNXValue) -> ONNXValue { Self.double(value, call) }
    transitions = doubled(try call.constant("transitions"))
    start = doubled(try call.constant("start_transitions"))
    end = doubled(try call.constant("end_transitions"))
  }

  private static func double(_ value: ONNXValue, _ call: ONNXCall) -> ONNXValue {
    call.node("Cast", [value], ["to": .integer(Int(ONNXElement.double.rawValue))])
  }

  /// 1 for the label of the best path and 0 for the others at each step, `[batch, steps, labels]`.
  /// - Parameter lengths: the number of steps of each row that count, from the first; nil if all do.
  func labels(_ emissions: ONNXValue, lengths: ONNXValue?) -> ONNXValue {
    let scores = call.node("Transpose", [Self.double(emissions, call)], ["perm": .integers([1, 0, 2])])
    let steps = call.node("Slice", [call.node("Shape", [scores]), graph.integers([0]), graph.integers([1])])
    func number(_ value: Int) -> ONNXValue { call.node("Squeeze", [graph.integers([value])]) }
    let places = call.unsqueezed(
      call.node("Range", [number(0), call.node("Squeeze", [steps]), number(1)]), axis: 1)
    let isFirst = call.unsqueezed(call.node("Equal", [places, graph.integers([0])]), axis: 2)
    var sequences = [scores, isFirst]
    if let lengths {
      let whole = call.node("Cast", [lengths], ["to": .integer(Int(ONNXElement.int64.rawValue))])
      sequences.append(
        call.unsqueezed(call.node("Less", [places, call.unsqueezed(whole, axis: 0)]), axis: 2))
    }
    let (finals, pointers) = scan(sequences)
    let last = call.node(
      "ArgMax", [call.node("Add", [finals, end])], ["axis": .integer(-1), "keepdims": .integer(1)])
    let path = call.node("Squeeze", [followed(pointers, from: last), graph.integers([2])])
    let turned = call.node("Transpose", [path], ["perm": .integers([1, 0])])
    return call.node(
      "OneHot", [turned, graph.integers([count]), graph.constant([0, 1], [2], name: "\(call.name).marks")])
  }

  /// The scores of the best paths that end in each label, and for each step and label the best label before.
  private func scan(_ sequences: [ONNXValue]) -> (finals: ONNXValue, pointers: ONNXValue) {
    let first = call.node(
      "Slice", [sequences[0], graph.integers([0]), graph.integers([1]), graph.integers([0])])
    let beginning = call.node("Squeeze", [first, graph.integers([0])])
    let own = graph.integers(Array(0..<count))
    let body = graph.body(
      "\(call.name)/step", inputs: 1 + sequences.count,
      elements: [.double, .double, .bool, .bool], outputs: [.double, .int64]
    ) { values in
      let (scores, emission, isFirst) = (values[0], values[1], values[2])
      let sums = call.node("Add", [call.unsqueezed(scores, axis: 2), transitions])
      let best = call.node("ReduceMax", [sums], ["axes": .integers([1]), "keepdims": .integer(0)])
      var pointers = call.node("ArgMax", [sums], ["axis": .integer(1), "keepdims": .integer(0)])
      var next = call.node("Add", [call.node("Where", [isFirst, start, best]), emission])
      if values.count > 3 {
        next = call.node("Where", [values[3], next, scores])
        pointers = call.node("Where", [values[3], pointers, own])
      }
      return [next, pointers]
    }
    let results = graph.nodes(
      "Scan", [beginning] + sequences,
      ["body": body, "num_scan_inputs": .integer(sequences.count)], outputs: 2, name: "\(call.name)/Scan")
    return (results[0], results[1])
  }

  /// The labels of the best path, `[steps, batch, 1]`, from the last one back.
  private func followed(_ pointers: ONNXValue, from last: ONNXValue) -> ONNXValue {
    let body = graph.body(
      "\(call.name)/back", inputs: 2, elements: [.int64, .int64], outputs: [.int64, .int64]
    ) { values in
      [
        call.node("GatherElements", [values[1], values[0]], ["axis": .integer(1)]),
        call.node("Identity", [values[0]]),
      ]
    }
    return graph.nodes(
      "Scan", [last, pointers],
      [
        "body": body, "num_scan_inputs": .integer(1), "scan_input_directions": .integers([1]),
        "scan_output_directions": .integers([1]),
      ], outputs: 2, name: "\(call.name)/Scan")[1]
  }
}
