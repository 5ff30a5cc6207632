// Layers that move, join or pool steps in C.

import Tensor

extension Flatten {
  func writeC(_ call: CCall) throws -> [CValue] {
    guard let steps = call.input.shape.steps else { return [call.input.value] }
    return [call.view(call.whole(call.input.value), width: steps * call.width, axis: nil)]
  }

  var needsStepsInC: Bool { true }
}

extension Reshape {
  func writeC(_ call: CCall) throws -> [CValue] {
    let shape = try outputs([call.input.shape])[0]
    let value = call.input.shape.steps == nil ? call.input.value : call.whole(call.input.value)
    return [call.view(value, width: shape.width, axis: shape.steps.map { .fixed($0) })]
  }

  var needsStepsInC: Bool { true }
}

extension RepeatVector {
  func writeC(_ call: CCall) throws -> [CValue] {
    [call.view(call.input.value, width: call.width, axis: .fixed(count), stride: 0)]
  }
}

extension Cropping1D {
  func writeC(_ call: CCall) throws -> [CValue] {
    let shape = try outputs([call.input.shape])[0]
    return [
      call.view(
        call.whole(call.input.value), width: call.width, axis: .fixed(shape.steps ?? 1),
        offset: cropping.start * call.width)
    ]
  }

  var needsStepsInC: Bool { true }
}

extension LastStep {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    return [
      call.reduced(width) { loop, x in
        let home = call.program.shared.member(call.memberName("last"), .float, width)
        call.program.add(
          CPiece(lines: [call.call(copying: width, x, home)], reads: [call.input.value]), to: loop)
        return home
      }
    ]
  }
}

extension GlobalMaxPooling1D {
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    return [
      call.reduced(width) { loop, x in
        let home = call.program.shared.member(call.memberName("most"), .float, width)
        call.program.begin(CPiece(lines: [call.forEach(width, "\(home)[i] = -HUGE_VALF;")], reads: []), loop)
        call.program.add(
          CPiece(
            lines: [call.forEach(width, "if (\(x)[i] > \(home)[i]) \(home)[i] = \(x)[i];")],
            reads: [call.input.value]), to: loop)
        return home
      }
    ]
  }
}

extension GlobalAveragePooling1D {
  /// The mean of the steps that count; zero if none does.
  func writeC(_ call: CCall) throws -> [CValue] {
    let width = call.width
    let sum = call.program.shared.member(call.memberName("sum"), .float, width)
    let count = call.program.shared.member(call.memberName("count"), .count, 1)
    let total = call.reduced(width) { loop, x in
      let lines = [call.forEach(width, "\(sum)[i] += \(x)[i];"), "\(count)[0]++;"]
      let mask = call.input.mask
      call.program.begin(
        CPiece(lines: [call.clear(sum, width), call.clear(count, 1, .count)], reads: []), loop)
      call.program.add(
        CPiece(
          lines: mask.map { call.block("if (\(call.program[$0].name)[0])", lines) } ?? lines,
          reads: [call.input.value] + (mask.map { [$0] } ?? [])), to: loop)
      return sum
    }
    return [
      call.each(width, [total], as: "_mean", work: width) { y, x in
        [
          call.forEach(
            width, "\(y)[i] = \(count)[0] ? \(x[0])[i] / (float)\(count)[0] : 0.0f;")
        ]
      }
    ]
  }
}

extension PoolingDefinition {
  func writeC(_ call: CCall) throws -> [CValue] {
    let (steps, width) = try sequence(call.input.shape)
    let windows = try pool.windows(steps: steps, Self.name)
    let all = call.view(
      call.whole(call.input.value), width: width, axis: .fixed(windows.count), stride: 0)
    let work = Self.takesMaximum ? 0 : width
    return [
      call.each(width, [all], work: work) { y, x in
        let value = "\(x[0])[step * \(width) + i]"
        let take =
          Self.takesMaximum ? "if (n == 0 || \(value) > \(y)[i]) \(y)[i] = \(value);" : "\(y)[i] += \(value);"
        return ["{", "  size_t k, n = 0;"] + (Self.takesMaximum ? [] : ["  \(call.clear(y, width))"])
          + call.taps(windows, pool.size.value, [call.forEach(width, take), "n++;"])
          + (Self.takesMaximum ? [] : ["  \(call.forEach(width, "\(y)[i] /= (float)n;"))"]) + ["}"]
      }
    ]
  }

  var needsStepsInC: Bool { true }
}

extension Conv1D {
  func writeC(_ call: CCall) throws -> [CValue] {
    let (steps, width) = try sequence(call.input.shape)
    let windows = try windows(steps: steps)
    let kernel = try call.matrix("kernel")
    let bias = useBias ? try call.array("bias") : nil
    let all = call.view(
      call.whole(call.input.value), width: width, axis: .fixed(windows.count), stride: 0)
    return [
      call.each(filters, [all], work: kernel.count) { y, x in
        let product = call.addProduct(
          "\(x[0]) + step * \(width)", width, kernel, row: "k * \(width)", to: y)
        return [call.begin(y, filters, from: bias), "{", "  size_t k;"]
          + call.taps(windows, kernelSize.value, [product]) + ["}"]
          + call.apply(activation, to: y, filters)
      }
    ]
  }

  var needsStepsInC: Bool { true }
}

extension CCall {
  /// A vector that a loop over the input's steps makes.
  /// - Parameter body: adds the loop's pieces, which read a step by this name; returns where the vector is.
  fileprivate func reduced(_ width: Int, _ body: (CLoop, String) -> String) -> CValue {
    let axis = program[input.value].axis ?? .fixed(1)
    let loop = program.loop(reading: [input.value] + (input.mask.map { [$0] } ?? []), over: axis)
    let home = body(loop, program[input.value].name)
    return result(of: loop, at: home, width, as: "_result")
  }

  /// Runs lines for the steps of window `t` that exist; the step is `step`, its place in the window `k`.
  fileprivate func taps(_ windows: TimeWindows, _ size: Int, _ lines: [String]) -> [String] {
    // A step before the first one is a very large number, since numbers of steps have no sign.
    let place = "const size_t step = t * \(windows.stride) + k * \(windows.dilation) - \(windows.before);"
    let body = [place] + block("if (step < \(windows.steps))", lines)
    return block("for (k = 0; k < \(size); k++)", body).map { "  \($0)" }
  }
}
