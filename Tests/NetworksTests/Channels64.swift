// The layers of channels in double precision: a channel is a row, the channels of a row one after another.

import Networks

extension Reference64 {
  /// The value of a layer that deals with channels.
  func channelLayer(_ layer: LayerSpec, _ name: String, _ x: Values64) -> Values64 {
    let numbers = layer.description.split { !$0.isNumber }.compactMap { Int($0) }
    switch layer.name {
    case "last_step": return lastStep(x)
    case "channel_segments": return segments(x, length: numbers[0])
    case "join_channels": return joined(x, channels: channels(of: name))
    default: return decoded(name, x, units: numbers[0], segments: numbers[1])
    }
  }

  /// Vectors repeated at each step of the sequences beside them.
  func stretched(_ inputs: [Values64]) -> [Values64] {
    let steps = inputs.map(\.steps).max() ?? 1
    return inputs.map { x in
      guard x.steps < steps else { return x }
      var y = Values64(rows: x.rows, steps: steps, width: x.width)
      for row in 0..<x.rows { for step in 0..<steps { y[row, step] = x[row, 0] } }
      return y
    }
  }

  private func lastStep(_ x: Values64) -> Values64 {
    var y = Values64(rows: x.rows, steps: 1, width: x.width)
    for row in 0..<x.rows { y[row, 0] = x[row, x.steps - 1] }
    return y
  }

  private func segments(_ x: Values64, length: Int) -> Values64 {
    var y = Values64(rows: x.rows * x.width, steps: x.steps / length, width: length)
    for row in 0..<y.rows {
      for step in 0..<y.steps {
        y[row, step] = (0..<length).map { x[row / x.width, step * length + $0][row % x.width] }
      }
    }
    return y
  }

  private func joined(_ x: Values64, channels: Int) -> Values64 {
    var y = Values64(rows: x.rows / channels, steps: x.steps * x.width, width: channels)
    for row in 0..<y.rows {
      for step in 0..<y.steps {
        y[row, step] = (0..<channels).map { x[row * channels + $0, step / x.width][step % x.width] }
      }
    }
    return y
  }

  /// The width of the layer's output, which is the number of channels.
  private func channels(of name: String) -> Int {
    architecture.shapes()[architecture.names.firstIndex { $0.name == name } ?? 0].last ?? 1
  }

  /// A GRU's steps from the last state, each with its embeddings as the input.
  private func decoded(_ name: String, _ x: Values64, units: Int, segments: Int) -> Values64 {
    let (state, cell) = walkGRU(name, units: units, x)
    let ofPositions = (weights["\(name).positions"]?.count ?? 0) / segments
    let ofChannels = x.width - ofPositions
    let channels = ofChannels == 0 ? 1 : (weights["\(name).channels"]?.count ?? 0) / ofChannels
    var y = Values64(rows: x.rows, steps: segments, width: units)
    for row in 0..<x.rows {
      for step in 0..<segments {
        let position = self.row(step, of: "\(name).positions", width: ofPositions)
        let channel =
          ofChannels == 0 ? [] : self.row(row % channels, of: "\(name).channels", width: ofChannels)
        let h = state[row, 0]
        y[row, step] =
          cell.next(
            [[Double]](repeating: position + channel, count: 3), [[Double]](repeating: h, count: 3), [h])[0]
      }
    }
    return y
  }
}
