// Making drafts of layers while a graph is read.

import Failures
import ONNX
import Tensor

extension ONNXGraphReader {
  /// Adds a draft that reads one value and gives one with `width` features, on the same axes.
  mutating func append(
    _ kind: ONNXDraft.Kind, of flow: ONNXFlow, weights: [String: Tensor] = [:], place: String,
    axes: [[ONNXAtom]]? = nil
  ) -> ONNXFlow {
    let axes = axes ?? flow.axes
    let width = axes.joined().first { $0.kind == .features }?.extent ?? 1
    let hasSteps = axes.joined().contains { $0.kind == .steps }
    drafts.append(
      ONNXDraft(
        kind: kind, inputs: [ONNXPart(source: flow.parts[0].source)], weights: weights, place: place,
        width: width,
        hasSteps: hasSteps))
    let part = ONNXPart(source: .output(drafts.count - 1), isReversed: hasSteps && flow.parts[0].isReversed)
    return ONNXFlow(parts: [part], axes: axes)
  }

  /// Adds a draft that joins values on their features.
  private mutating func joined(_ parts: [ONNXPart], width: Int, hasSteps: Bool, place: String) -> ONNXPart {
    let isReversed = parts.allSatisfy(\.isReversed)
    let inputs = isReversed ? parts.map { ONNXPart(source: $0.source) } : parts
    // Several nodes may read the same directions.
    let known = drafts.suffix(16).lastIndex { $0.isConcatenation && $0.inputs == inputs }
    if let known { return ONNXPart(source: .output(known), isReversed: isReversed && hasSteps) }
    drafts.append(
      ONNXDraft(
        kind: .merge(Concatenate(axis: -1)), inputs: inputs, place: place, width: width, hasSteps: hasSteps))
    return ONNXPart(source: .output(drafts.count - 1), isReversed: isReversed && hasSteps)
  }

  /// Joins values of the same axes by a layer.
  mutating func merged(
    _ flows: [ONNXFlow], _ layer: any LayerDefinition, axes: [[ONNXAtom]], place: String
  ) -> ONNXFlow {
    let parts = flows.map { $0.parts[0] }
    let hasSteps = axes.joined().contains { $0.kind == .steps }
    let isReversed = parts.allSatisfy(\.isReversed)
    let width = axes.joined().first { $0.kind == .features }?.extent ?? 1
    drafts.append(
      ONNXDraft(
        kind: .merge(layer), inputs: isReversed ? parts.map { ONNXPart(source: $0.source) } : parts,
        place: place,
        width: width, hasSteps: hasSteps))
    let part = ONNXPart(source: .output(drafts.count - 1), isReversed: isReversed && hasSteps)
    return ONNXFlow(parts: [part], axes: axes)
  }

  /// The value with its directions joined, and its steps flattened, where they are one axis with the features.
  /// - Throws: `Failure` (data) if its axes can't be had so.
  mutating func resolved(_ flow: ONNXFlow, place: String) throws -> ONNXFlow {
    var flow = flow
    flow.axes = flow.axes.map { axis in
      axis.count > 1 ? axis.filter { $0.kind != .directions || $0.extent != 1 } : axis
    }
    let hasSteps = flow.axes.joined().contains { $0.kind == .steps }
    if flow.parts.count > 1 {
      guard
        let axis = flow.axes.firstIndex(where: { $0.map(\.kind).suffix(2) == [.directions, .features] }),
        let width = flow.axes[axis].last?.extent
      else {
        throw refusal(
          place, "reads both directions of a recurrent layer in an order that isn't supported")
      }
      let total = width * flow.parts.count
      let part = joined(flow.parts, width: total, hasSteps: hasSteps, place: place)
      flow.parts = [part]
      flow.axes[axis] = flow.axes[axis].dropLast(2) + [.features(total)]
    }
    guard let axis = flow.axes.firstIndex(where: { $0.map(\.kind) == [.steps, .features] }),
      let steps = flow.axes[axis][0].extent, let width = flow.axes[axis][1].extent, width > 1 || steps > 1,
      flow.axes.joined().count == 3
    else { return flow }
    guard !flow.parts[0].isReversed else { throw refusal(place, "flattens steps from the last to the first") }
    let (product, isTooLarge) = steps.multipliedReportingOverflow(by: width)
    guard !isTooLarge, product <= 1 << 24 else { throw refusal(place, "flattens too many steps") }
    var axes = flow.axes
    axes[axis] = [.features(product)]
    return append(.layer(Flatten()), of: flow, place: place, axes: axes)
  }

  /// The value with features as its last axis.
  mutating func featuresLast(_ flow: ONNXFlow, _ operation: ONNXOperation) throws -> (
    flow: ONNXFlow, width: Int
  ) {
    let flow = try resolved(flow, place: operation.place)
    guard let width = flow.width else {
      throw operation.refusal("reads a value whose last axis isn't features")
    }
    return (flow, width)
  }

  private func refusal(_ place: String, _ reason: String) -> Failure {
    Failure.data("the ONNX node \(place) \(reason)", remedy: "docs/onnx.md lists what is read")
  }
}
