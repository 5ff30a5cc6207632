// The inputs of the models: reviews from a padded stream of rnn-pad, or synthetic ones, and random numbers
// for the models that read numbers.

import ByteStreams
import Failures
import Glibc
import RandomNumbers
import SystemPackage
import Tensor
import TensorFile
import Training

/// Rows for the reference models.
struct Inputs {
  /// Token ids, `[rows, steps]`.
  let reviews: [Int32]
  /// The steps of a review.
  let steps: Int
  /// The class of each review.
  let labels: [Float]

  private static let most = 5_120

  /// Synthetic reviews.
  init() {
    var rows = ReviewRows()
    var random = RandomStream(seed: 2)
    reviews = rows.draw(Self.most)
    steps = rows.steps
    labels = (0..<Self.most).map { _ in Float(random.index(below: 2)) }
  }

  /// The first reviews of a stream with `x` `[rows, steps]` and a class `y`.
  init(stream path: String) throws {
    let archive = try TensorArchive(path: path)
    let chunk = try archive.rows(0..<min(Self.most, archive.rows))
    guard let x = chunk.columns["x"]?.tensor, let ids: [Int32] = x.values(), x.shape.count == 2,
      let y: [Int32] = chunk.columns["y"]?.tensor?.values(), y.count == x.rows
    else { throw Failure.data("has no padded token ids and classes", at: path, remedy: "run rnn-pad on it") }
    reviews = ids
    steps = x.shape[1]
    labels = y.map(Float.init)
  }

  /// Writes the reviews as a stream, for other frameworks to read.
  func write(to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw Failure(.cantCreate, "can't be created", at: path) }
    defer { close(descriptor) }
    let header = StreamHeader(kind: "padded")
    let writer = TensorWriter(FileSink(FileDescriptor(rawValue: descriptor)), header: header)
    let shape = [labels.count, steps]
    try writer.write(Chunk(["x": Tensor(reviews, shape: shape), "y": Tensor(labels.map { Int32($0) })]))
    try writer.finish(nil)
  }

  /// Rows for a model: the reviews, or rows `full` of words if padding would affect the measurement.
  func rows(for model: ReferenceModel, full: Bool) -> DataSet {
    if model.readsTokens && model.steps == steps && !full {
      return DataSet(rows: labels.count, input: .tokens(reviews), targets: labels, targetWidth: 1)
    }
    var random = RandomStream(seed: 3)
    if model.readsTokens { return words(for: model, &random) }
    let count = model.isForecaster ? 3_200 : 12_800
    let values = (0..<count * model.steps).map { _ in Float(random.uniform()) }
    return DataSet(rows: count, input: .features(values), targets: classes(count, &random), targetWidth: 1)
  }

  /// The words of the reviews, concatenated and cut into rows; repeated as needed.
  private func words(for model: ReferenceModel, _ random: inout RandomStream) -> DataSet {
    let words = reviews.filter { $0 != 0 }
    let wanted = words.count / model.steps / model.batch * model.batch
    let count = max(model.batch, min(Self.most, wanted))
    let ids = (0..<count * model.steps).map { words[$0 % words.count] }
    return DataSet(rows: count, input: .tokens(ids), targets: classes(count, &random), targetWidth: 1)
  }

  private func classes(_ count: Int, _ random: inout RandomStream) -> [Float] {
    (0..<count).map { _ in Float(random.index(below: 2)) }
  }
}
