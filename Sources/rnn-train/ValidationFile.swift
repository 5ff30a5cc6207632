// The rows of --validation: a stream of its own, prepared like the training data.

import Failures
import Sequences
import Stage
import TensorFile
import Training

/// A stream to validate on.
struct ValidationFile {
  private let path: String
  private let reader: TensorReader

  init(_ path: String, _ run: StageRun) throws {
    self.path = path
    reader = try run.reader(path)
  }

  /// Whether it has a column of this name.
  func has(_ column: String) -> Bool { reader.schema[column] != nil }

  /// Reads the rows.
  /// - Parameters:
  ///   - weights: the column with the weights of rows, if the file has it.
  ///   - memory: how much memory they may take.
  ///   - header: the header of the training data.
  ///   - name: the name of the training data for messages.
  /// - Throws: `Failure` (data) if they were prepared differently.
  func rows(
    for request: TrainingRequest, weights: String, memory: Int, like header: StreamHeader,
    named name: String
  ) throws -> TrainingRows {
    do {
      try Preparation(header: header).check(reader.header, isLike: "the training data's", in: name)
      let (own, other) = (try ClassNames(header: header), try ClassNames(header: reader.header))
      if let own, let other, own.names != other.names {
        throw Failure.data(
          "its classes differ from the training data's",
          remedy: "tokenize it with rnn-tokenize --like \(name)")
      }
      return try TrainingRows(
        reader, for: request.topology, weights: weights, memory: memory, remedy: request.dataRemedy)
    } catch let failure as Failure { throw failure.placed(at: path) }
  }
}
