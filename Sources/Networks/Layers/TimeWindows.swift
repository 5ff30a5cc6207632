// The windows of time steps over which convolutions and pooling move: their padding, and the number of results.

import Failures
import JSON
import OptionSyntax

/// How a sequence is padded at its ends.
enum TimePadding: String, NamedOptionValue {
  /// Not at all: only complete windows count.
  case valid
  /// On both sides, so that without strides there are as many results as steps.
  case same
  /// At the beginning, so that no result depends on later steps.
  case causal
}

/// A number that Keras's JSON has as a list of one.
struct OneNumber: OptionValue, ExpressibleByIntegerLiteral {
  let value: Int

  init(integerLiteral value: Int) { self.value = value }
  init(written value: CallSyntax.Value) throws { self.value = try Int(written: value) }
  init(keras json: JSONValue) throws {
    guard let number = json.array?.count == 1 ? json.array?.first?.int : json.int else {
      throw InvalidValue(remedy: "a whole number, or a list of one")
    }
    value = number
  }

  var written: String { String(value) }
  var keras: JSONValue { .array([.integer(Int64(value))]) }

  /// Throws `InvalidValue` for a number that is not a size.
  static func check(_ number: OneNumber) throws {
    guard 1...1 << 24 ~= number.value else {
      throw InvalidValue(remedy: "a whole number from 1 to \(1 << 24)")
    }
  }
}

/// Windows of steps, each beginning `stride` steps after the one before.
struct TimeWindows {
  /// The number of windows.
  let count: Int
  let stride: Int
  let dilation: Int
  /// The steps of padding before the first one.
  let before: Int
  let steps: Int

  /// - Parameters:
  ///   - size: how many steps a window has.
  ///   - dilation: the distance of two steps of a window.
  /// - Throws: `Failure` (usage) if not even one window fits.
  init(
    steps: Int, size: Int, stride: Int, dilation: Int = 1, _ padding: TimePadding, layer: String
  ) throws {
    (self.stride, self.dilation, self.steps) = (stride, dilation, steps)
    let span = (size - 1).multipliedReportingOverflow(by: dilation)
    guard !span.overflow, span.partialValue < 1 << 24 else {
      throw Failure.usage("layer \(layer): its windows are too long", remedy: "use a smaller size")
    }
    switch padding {
    case .valid: (before, count) = (0, (steps - span.partialValue - 1 + stride) / stride)
    case .causal: (before, count) = (span.partialValue, (steps - 1) / stride + 1)
    case .same:
      count = (steps - 1) / stride + 1
      before = max(0, (count - 1) * stride + span.partialValue + 1 - steps) / 2
    }
    guard padding != .valid || steps > span.partialValue else {
      throw Failure.usage(
        "layer \(layer): its windows of \(span.partialValue + 1) steps are longer than its input's \(counted(steps, "step"))",
        remedy: "use smaller windows, or padding=same")
    }
  }

  /// The step that is number `tap` of a window; nil in the padding.
  @inline(__always)
  func step(_ window: Int, _ tap: Int) -> Int? {
    let step = window * stride + tap * dilation - before
    return step >= 0 && step < steps ? step : nil
  }
}
