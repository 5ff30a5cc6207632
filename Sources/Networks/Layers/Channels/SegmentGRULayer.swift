// The running layer of SegmentGRU.swift: a recurrent layer as the encoder, and the steps that decode.

import Failures
import Kernels

/// A GRU that decodes all segments from the encoder's last state.
final class SegmentGRULayer: Layer {
  let outputs: [Activation]
  private let encoder: RecurrentLayer
  /// h U + b_r of the encoder.
  private let products: RecurrentProducts
  /// e W + b_i.
  private let inputs: SegmentInputs
  /// h U + b_r of each row.
  private let u: Activation
  /// z, r and g of each row and segment; empty if the network is never trained.
  private let gates: Activation
  private let scratch: [Scratch]

  init(_ gru: GRU, segments: Int, _ inputs: [LayerInput], _ context: LayerContext) throws {
    encoder = try RecurrentLayer(gru, inputs, context)
    guard let products = encoder.products as? RecurrentProducts else {
      throw Failure(.software, "a GRU has no recurrent product")
    }
    self.products = products
    let columns = GRU.gates * gru.options.gateWidth
    self.inputs = try SegmentInputs(columns: columns, context)
    let (units, isTraining) = (gru.options.units, context.isTraining)
    u = Activation(context.storage, steps: nil, width: columns, hasGradient: false)
    gates = Activation(
      context.storage, steps: segments, width: columns, hasGradient: false, hasValues: isTraining)
    outputs = [Activation(context.storage, steps: segments, width: units, hasGradient: isTraining)]
    let (rows, channels) = (context.rowsOfShard, self.inputs.channelRows)
    scratch = (0..<(isTraining ? context.workers : 0)).map { _ in
      Scratch(rows: rows, segments: segments, channels: channels, columns: columns, units: units)
    }
  }

  /// Packs the weights, and multiplies the embeddings.
  func prepare(_ pass: Pass) {
    encoder.prepare(pass)
    inputs.prepare(pass)
  }

  func forward(_ shard: Shard, _ pass: Pass) {
    encoder.forward(shard, pass)
    let bias = products.bias.map { $0.values.rows(1..<2) }
    multiply(
      state(shard), products.packedRecurrent, into: u.values(shard), from: bias.map { .row($0) } ?? .zero)
    parallelGRUForward(
      values(shard), gates: pass.hasBackward ? gates.values(shard) : nil, into: output.values(shard))
  }

  /// From dy to the gradients of the embeddings and of h, from which the encoder goes on.
  func backward(_ shard: Shard, _ pass: Pass) {
    let scratch = scratch[shard.worker]
    let dh = encoder.output.gradients(shard)
    let gradients = scratch.gradients(rows: shard.rows, state: dh)
    for matrix in [gradients.steps, gradients.channels, gradients.u, dh] { matrix.clear() }
    parallelGRUBackward(values(shard), gates: gates.values(shard), output.gradients(shard), into: gradients)
    let product = scratch.product(rows: shard.rows)
    products.passStateBack(gradients.u, shard, into: product)
    add(product, into: dh)
    products.addRecurrentGradient(state(shard), gradients.u, shard, ahead: nil)
    if let bias = products.bias { addColumnSums(of: gradients.u, into: bias.gradient(shard).rows(1..<2)) }
    inputs.addGradient(steps: gradients.steps, channels: gradients.channels, shard)
    encoder.backward(shard, pass)
  }

  private func state(_ shard: Shard) -> Matrix { encoder.output.values(shard) }

  private func values(_ shard: Shard) -> ParallelGRUSteps {
    ParallelGRUSteps(steps: inputs.steps, channels: inputs.channels, u: u.values(shard), state: state(shard))
  }

  /// A thread's memory for the backward pass.
  private final class Scratch {
    private let (segments, channels, columns, units): (Int, Int, Int, Int)
    private let steps: FloatBuffer
    private let channelRows: FloatBuffer
    private let u: FloatBuffer
    private let state: FloatBuffer

    init(rows: Int, segments: Int, channels: Int, columns: Int, units: Int) {
      (self.segments, self.channels, self.columns, self.units) = (segments, channels, columns, units)
      let stride = paddedWidth(columns)
      (steps, channelRows) = (FloatBuffer(segments * stride), FloatBuffer(channels * stride))
      (u, state) = (FloatBuffer(rows * stride), FloatBuffer(rows * paddedWidth(units)))
    }

    func gradients(rows: Int, state: Matrix) -> ParallelGRUSteps {
      ParallelGRUSteps(
        steps: matrix(steps, segments, columns), channels: matrix(channelRows, channels, columns),
        u: matrix(u, rows, columns), state: state)
    }

    func product(rows: Int) -> Matrix { matrix(state, rows, units) }

    private func matrix(_ buffer: FloatBuffer, _ rows: Int, _ columns: Int) -> Matrix {
      buffer.matrix(rows: rows, columns: columns, stride: paddedWidth(columns))
    }
  }
}

/// The products of the embeddings with W, which are the same for all rows.
private final class SegmentInputs {
  /// P W_p, `[M, 3G]`.
  let steps: Matrix
  /// Q W_q + b_i, `[C, 3G]`; without an embedding of channels, b_i.
  let channels: Matrix
  private let kernel: Parameter
  private let bias: Parameter
  private let positions: PackedEmbedding
  private let channelEmbedding: PackedEmbedding?
  private let memory: (steps: FloatBuffer, channels: FloatBuffer)

  init(columns: Int, _ context: LayerContext) throws {
    (kernel, bias) = (try context.weight("kernel"), try context.weight("bias"))
    positions = PackedEmbedding(try context.weight("positions"), kernelRow: 0, columns: columns)
    channelEmbedding = context.optionalWeight("channels").map { [positions] in
      PackedEmbedding($0, kernelRow: positions.width, columns: columns)
    }
    let (stride, rows) = (paddedWidth(columns), channelEmbedding?.table.rows ?? 1)
    memory = (FloatBuffer(positions.table.rows * stride), FloatBuffer(rows * stride))
    steps = memory.steps.matrix(rows: positions.table.rows, columns: columns, stride: stride)
    channels = memory.channels.matrix(rows: rows, columns: columns, stride: stride)
  }

  /// The number of rows of `channels`.
  var channelRows: Int { channels.rows }

  func prepare(_ pass: Pass) {
    positions.multiply(kernel, pass, into: steps)
    let bias = bias.values.rows(0..<1)
    broadcast(bias, into: channels)
    channelEmbedding?.multiply(kernel, pass, into: channels)
  }

  /// Adds the gradients of the embeddings, of W and of b_i.
  func addGradient(steps: Matrix, channels: Matrix, _ shard: Shard) {
    positions.addGradient(steps, kernel, shard)
    channelEmbedding?.addGradient(channels, kernel, shard)
    // Every row and segment is in the sum of one channel.
    addColumnSums(of: channels, into: bias.gradient(shard).rows(0..<1))
  }
}

/// An embedding and the rows of W that multiply it.
private final class PackedEmbedding {
  let table: Parameter
  private let rows: Range<Int>
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix

  init(_ table: Parameter, kernelRow: Int, columns: Int) {
    self.table = table
    let width = table.width
    rows = kernelRow..<kernelRow + width
    packed = PackedMatrix(depth: width, columns: columns)
    packedTransposed = PackedMatrix(depth: columns, columns: width)
  }

  var width: Int { rows.count }

  /// Packs the rows of W, and adds the product of the table to `result` if that has the bias, else sets it.
  func multiply(_ kernel: Parameter, _ pass: Pass, into result: Matrix) {
    packed.pack(kernel.values.rows(rows))
    if pass.hasBackward { packedTransposed.pack(transposing: kernel.values.rows(rows)) }
    Kernels.multiply(table.values, packed, into: result, from: rows.lowerBound == 0 ? .zero : .result)
  }

  func addGradient(_ gradient: Matrix, _ kernel: Parameter, _ shard: Shard) {
    addOuterProduct(table.values, gradient, into: kernel.gradient(shard).rows(rows))
    Kernels.multiply(gradient, packedTransposed, into: table.gradient(shard), from: .result)
  }
}
