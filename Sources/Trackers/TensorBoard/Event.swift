// The events of an event file, as records (tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto).

import Protobuf

/// Makes events.
package enum Event {
  /// The first record of every event file.
  /// - Parameter time: milliseconds since 1970.
  package static func fileVersion(time: Int64) -> [UInt8] {
    record(time: time) { $0.text(3, "brain.Event:2") }
  }

  /// The beginning of another process that continues a run: TensorBoard drops what an earlier one wrote at this step or
  /// later.
  package static func sessionStart(step: Int, time: Int64) -> [UInt8] {
    record(step: step, time: time) { event in
      event.message(7) { $0.integer(1, 1) }
    }
  }

  /// The end of a process that has written all its values.
  package static func sessionStop(time: Int64) -> [UInt8] {
    record(time: time) { event in
      event.message(7) { $0.integer(1, 2) }
    }
  }

  /// Whether the bytes end with the event of `sessionStop`.
  package static func endsWithSessionStop(_ bytes: [UInt8]) -> Bool {
    let stop = sessionStop(time: 0)
    // The time is eight bytes after the header of twelve and a key, and changes the checksum of four at the end.
    return bytes.count >= stop.count
      && zip(bytes.suffix(stop.count), stop).enumerated().allSatisfy { index, pair in
        (13..<21).contains(index) || index >= stop.count - 4 || pair.0 == pair.1
      }
  }

  /// The values of one step. Numbers become 32-bit floats: all that TensorBoard draws, and what every reader of event
  /// files understands.
  package static func scalars(step: Int, _ values: [TrackedMetric]) -> [UInt8] {
    record(step: step, time: values.map(\.time).max() ?? 0) { event in
      event.message(5) { summary in
        for metric in values {
          summary.message(1) { value in
            value.text(1, metric.name)
            value.float(2, Float(metric.value))
          }
        }
      }
    }
  }

  /// A value for one of TensorBoard's plugins.
  /// - Parameters:
  ///   - content: the plugin's own message.
  ///   - tensor: writes the fields of the TensorProto.
  static func pluginValue(
    tag: String, plugin: String, content: [UInt8], time: Int64, tensor: (inout ProtobufMessage) -> Void
  ) -> [UInt8] {
    record(step: 0, time: time) { event in
      event.message(5) { summary in
        summary.message(1) { value in
          value.text(1, tag)
          value.message(8, tensor)
          value.message(9) { metadata in
            metadata.message(1) {
              $0.text(1, plugin)
              $0.data(2, content)
            }
            metadata.integer(4, dataClassTensor)
          }
        }
      }
    }
  }

  /// DATA_CLASS_TENSOR.
  private static let dataClassTensor: Int64 = 2

  private static func record(
    step: Int = 0, time: Int64, _ write: (inout ProtobufMessage) -> Void
  ) -> [UInt8] {
    var event = ProtobufMessage()
    event.double(1, Double(time) / 1000)
    if step != 0 { event.integer(2, Int64(step)) }
    write(&event)
    return EventRecord.bytes(of: event.bytes)
  }
}
