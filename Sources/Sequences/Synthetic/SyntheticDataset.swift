// Synthetic data sets with known targets, for trying models and testing stages. Row n does not depend on the
// number of rows, and is the same on every machine.

import Glibc
import RandomNumbers
import Tensor
import TensorFile

/// A data set that is generated block by block.
public protocol SyntheticDataset {
  /// The header of the stream.
  var header: StreamHeader { get }
  /// The total number of rows.
  var rows: Int { get }
  /// The next `count` rows.
  mutating func block(_ count: Int) -> Chunk
}

/// The random streams of the synthetic data sets ("syn" and a number), independent of other streams.
enum SyntheticStream: UInt64 {
  case sine = 0x7379_6E00
  case means = 0x7379_6E01
  case adding = 0x7379_6E02
  case recall = 0x7379_6E03
  case text = 0x7379_6E04
  case gestures = 0x7379_6E05
  case tones = 0x7379_6E06
  case addition = 0x7379_6E07
  case dates = 0x7379_6E08
  case captions = 0x7379_6E09
  case sentences = 0x7379_6E0A
  case meter = 0x7379_6E0B
  case faults = 0x7379_6E0C
  case sales = 0x7379_6E0D
}
