// The error messages for a stream as a whole. Empty, truncated, damaged and newer streams and other kinds of input
// are distinguished, since each of them requires a different response.

import Failures

enum StreamFault {
  /// The input is empty.
  static let empty = Failure.data("no input: the stream is empty (did the command before it fail?)")

  /// The input ends before the stream's end mark.
  static func truncated(_ place: String) -> Failure {
    .data(
      "truncated: the stream ends \(place)",
      remedy: "check that the command before it succeeded, or copy the file again")
  }

  /// The stream has been changed.
  static func damaged(_ problem: String) -> Failure {
    .data("damaged: \(problem)", remedy: "create or copy it again")
  }

  /// The stream has a version of the format that this program doesn't support.
  static func newer(_ format: String) -> Failure {
    .data(
      "made by a newer version: its format is '\(format)', this version reads '1'", remedy: "update rnnpipe")
  }

  /// The input is not a stream.
  static func foreign(_ problem: String) -> Failure {
    .data(
      "not a tensor stream: \(problem)",
      remedy:
        "use a .tensors.zst stream or a .safetensors document; rnn-tokenize and rnn-window create streams from text and CSV"
    )
  }
}
