// The values passed between layers and their gradients, for every row and time step of a batch.
//
// Layout: shard by shard; in a shard, step by step; in a step, row by row: `[shard][step][row][width]`. So the rows
// of a product are contiguous, and so are all steps of a shard. A shard runs through all layers forward and backward
// at once, so data that is not read after the batch has a slot per thread instead of per shard, which stays in the
// caches from one shard to the next.
//
// A value that several layers read has separate gradients for each reader, summed in the order of the readers.

import Kernels

/// The storage of the values of a batch's shards.
struct ActivationStorage {
  /// The number of rows for which memory is allocated.
  let rows: Int
  /// The number of rows of a thread's slot; nil if every shard has its own memory.
  private let rowsOfThread: Int?
  /// The number of channels of a row of the batch, each of which is a row here.
  private(set) var channels = 1

  /// Memory for every row of a batch of `rows` rows, which can be read after the batch.
  static func batch(rows: Int) -> ActivationStorage { ActivationStorage(rows: rows, rowsOfThread: nil) }

  /// A slot for each of `workers` threads, for the shard that the thread is processing; a slot for each shard if
  /// there are no more shards than threads.
  static func threads(_ workers: Int, rows: Int) -> ActivationStorage {
    let plan = ShardPlan(rows: rows)
    guard workers < plan.count else { return .batch(rows: rows) }
    return ActivationStorage(rows: workers * plan.rowsPerShard, rowsOfThread: plan.rowsPerShard)
  }

  /// The storage of values that every row has `channels` of.
  func ofChannels(_ channels: Int) -> ActivationStorage {
    var result = ActivationStorage(rows: rows * channels, rowsOfThread: rowsOfThread.map { $0 * channels })
    result.channels = channels
    return result
  }

  /// Whether shards share memory.
  var areOfThreads: Bool { rowsOfThread != nil }

  /// The first of the shard's rows.
  func first(_ shard: Shard) -> Int { rowsOfThread.map { shard.worker * $0 } ?? shard.firstRow }
}

/// The output of a layer, or an input of the network.
public final class Activation {
  /// Time steps; 1 if there is no time axis.
  public let steps: Int
  /// Whether there is a time axis.
  public let isSequence: Bool
  /// The number of values per row and step.
  public let width: Int
  let stride: Int
  /// The number of blocks of a shard: one per step, and one more if a state before the first step is kept; fewer if
  /// later steps overwrite earlier ones.
  private let blocks: Int
  private let firstBlock: Int
  private let storage: ActivationStorage
  /// The number of channels of a row of the batch, each of which is a row of this value.
  var channels: Int { storage.channels }
  /// The values; empty if only the shape is needed.
  let values: FloatBuffer
  /// The gradients; empty if there are none: in prediction, and for inputs without weights before them.
  let gradients: FloatBuffer

  /// Whether gradients flow.
  var hasGradient: Bool { gradients.count > 0 }

  /// Which steps of which rows are unmasked; nil if all are.
  public internal(set) var mask: Mask?

  /// Whether nothing reads masked steps, so that those after the last unmasked one need not be computed in training.
  var isPaddingUnread = false

  /// The padding that rows share, if readers use only active rows: the others are undefined.
  var prefix: SharedPrefix?

  /// The logits of the value, if any, from which losses may be computed.
  public internal(set) var logits: Logits?

  /// The same value with separate gradients, for readers after the first.
  private var branches: [Activation] = []

  /// What precedes the first processed step in a recurrent layer's history.
  enum InitialState {
    /// Nothing: the values aren't a state.
    case none
    /// A block before step 0, for layers that run forward in time.
    case before
    /// A block after the last step, for layers that run backward in time.
    case after
  }

  /// - Parameters:
  ///   - kept: how many consecutive steps are kept at a time; nil for all.
  ///   - isPacked: whether rows are stored without padding, which is possible only for left factors of products.
  init(
    _ storage: ActivationStorage, steps: Int?, width: Int, hasGradient: Bool, hasValues: Bool = true,
    initialState: InitialState = .none, kept: Int? = nil,
    isPacked: Bool = false
  ) {
    self.storage = storage
    self.steps = steps ?? 1
    isSequence = steps != nil
    self.width = width
    stride = isPacked ? width : paddedWidth(width)
    blocks = kept ?? self.steps + (initialState == .none ? 0 : 1)
    firstBlock = initialState == .before ? 1 : 0
    values = FloatBuffer(hasValues ? storage.rows * blocks * stride : 0)
    gradients = FloatBuffer(hasValues && hasGradient ? storage.rows * blocks * stride : 0)
  }

  private init(branching other: Activation) {
    storage = other.storage
    (steps, isSequence, width, stride) = (other.steps, other.isSequence, other.width, other.stride)
    (blocks, firstBlock) = (other.blocks, other.firstBlock)
    values = other.values
    gradients = FloatBuffer(other.gradients.count)
    (mask, prefix, isPaddingUnread) = (other.mask, other.prefix, other.isPaddingUnread)
  }

  /// The value for an additional reader with separate gradients.
  func branch() -> Activation {
    let branch = Activation(branching: self)
    branches.append(branch)
    return branch
  }

  /// Adds the gradients of all readers after the first, in their order.
  func sumBranches(_ shard: Shard) {
    guard gradients.count > 0 else { return }
    let shard = shard.ofChannels(channels)
    for branch in branches where logits?.takesLossGradient(in: branch) != true {
      add(branch.gradients(shard), into: gradients(shard))
    }
  }

  /// Whether gradients of further readers may be added to the first one's.
  var isBranched: Bool { !branches.isEmpty }

  /// The values of `shard` at `step`, `[active rows, width]`; step -1 or `steps` is the initial state, if kept.
  @inline(__always)
  func values(_ shard: Shard, _ step: Int) -> Matrix { matrix(values, shard, step..<step + 1) }

  /// Gradients of `shard` at `step`, `[active rows, width]`.
  func gradients(_ shard: Shard, _ step: Int) -> Matrix { matrix(gradients, shard, step..<step + 1) }

  /// Values of `shard` at all of `steps`, `[steps * rows, width]`.
  public func values(_ shard: Shard, _ steps: Range<Int>) -> Matrix { matrix(values, shard, steps) }

  /// Gradients of `shard` at all of `steps`, `[steps * rows, width]`.
  public func gradients(_ shard: Shard, _ steps: Range<Int>) -> Matrix { matrix(gradients, shard, steps) }

  /// All steps.
  var allSteps: Range<Int> { 0..<steps }

  @inline(__always)
  private func matrix(_ buffer: FloatBuffer, _ shard: Shard, _ steps: Range<Int>) -> Matrix {
    // A division for every step would be too slow; only memory for two steps wraps around.
    let step = firstBlock + steps.lowerBound
    let block = storage.first(shard) * blocks + (step < blocks ? step : step % blocks) * shard.rows
    return buffer.matrix(
      at: block * stride, rows: shard.rows(of: steps.count), columns: width, stride: stride)
  }
}

extension Activation {
  /// Copies a shard's rows of row-major `source` [.., steps, width]: row i is row `order[first + i]`.
  func load(_ source: [Float], _ order: [Int], first: Int, _ shard: Shard) {
    let start = first + shard.firstRow
    values.write(
      rows: order[start..<start + shard.rows], steps: steps, width: width, of: source,
      at: (storage.first(shard) * blocks + firstBlock * shard.rows) * stride, stride: stride)
  }

  /// All values of a shard, `[steps * rows, width]`.
  public func values(_ shard: Shard) -> Matrix { values(shard, allSteps) }

  /// All gradients of a shard, `[steps * rows, width]`.
  public func gradients(_ shard: Shard) -> Matrix { gradients(shard, allSteps) }

  /// The values as row-major `[rows, steps, width]`; only if every shard has its own memory.
  public func array(plan: ShardPlan) -> [Float] { array(of: values, plan) }

  /// The gradients as row-major `[rows, steps, width]`; only if every shard has its own memory.
  public func gradientArray(plan: ShardPlan) -> [Float] { array(of: gradients, plan) }

  /// Which rows and steps are unmasked, as row-major `[rows, steps]`; nil if nothing is masked.
  public func maskArray(plan: ShardPlan) -> [Bool]? {
    guard let mask else { return nil }
    var result = [Bool](repeating: true, count: plan.rows * steps)
    for index in 0..<plan.count {
      let shard = plan.shard(index, worker: 0)
      let counts = mask.rows(shard)
      for index in 0..<steps * shard.rows {
        result[(shard.firstRow + index % shard.rows) * steps + index / shard.rows] = counts[index]
      }
    }
    return result
  }

  private func array(of buffer: FloatBuffer, _ plan: ShardPlan) -> [Float] {
    precondition(!storage.areOfThreads, "values of a batch that are not kept")
    var result = [Float](repeating: 0, count: plan.rows * channels * steps * width)
    for index in 0..<plan.count {
      let shard = plan.shard(index, worker: 0).ofChannels(channels)
      for step in allSteps {
        let block = shard.firstRow * blocks + (firstBlock + step) * shard.rows
        buffer.read(
          groups: shard.rows, width: width, at: block * stride, stride: stride, into: &result,
          at: (shard.firstRow * steps + step) * width, pitch: steps * width)
      }
    }
    return result
  }
}
