// What can be wrong with a stream as a whole, in the words a user reads. An empty stream, a truncated one, a damaged
// one, a newer one and something else altogether are distinguished, since each needs a different response.

import Failures

enum StreamFault {
  /// There is no input.
  static let empty = Failure.data("no input: the stream is empty (did the command before it fail?)")

  /// The input ends before the stream's end mark.
  static func truncated(_ place: String) -> Failure {
    .data(
      "truncated: the stream ends \(place)",
      remedy: "did the command before it fail, or was a copy interrupted?")
  }

  /// The stream isn't what was written.
  static func damaged(_ problem: String) -> Failure {
    .data("damaged: \(problem)", remedy: "create or copy it again")
  }

  /// The stream has a version of the format that this program doesn't know.
  static func newer(_ format: String) -> Failure {
    .data(
      "made by a newer version: its format is '\(format)', this version reads '1'", remedy: "update rnnpipe")
  }

  /// The input is something else.
  static func foreign(_ problem: String) -> Failure {
    .data("not a tensor stream: \(problem)", remedy: "use a .tensors.zst stream or a .safetensors document")
  }
}
