// HDF5 files: written files can be read, files written by h5py can be read, and damaged files cause errors only.

import Failures
import Foundation
import HDF5
import RandomNumbers
import Testing

@Suite struct HDF5Tests {
  private static func small() -> HDF5Builder {
    let file = HDF5Builder()
    file.add(group: "vars", name: "sequential")
    file.add(group: "layers/dropout/vars", name: "dropout")
    file.add(array: "layers/lstm/cell/vars/0", shape: [2, 3], [1, 2, 3, 4, 5, 6.5])
    file.add(array: "layers/lstm/cell/vars/1", shape: [], [7])
    file.add(array: "layers/lstm/cell/vars/2", shape: [0, 4], [])
    return file
  }

  /// A file written by Keras with h5py, including the optimizer's state.
  private static func kerasFile() throws -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appendingPathComponent("fixtures/keras/saved/stacked.weights.h5")
    return Array(try Data(contentsOf: path))
  }

  @Test func writtenFilesAreRead() throws {
    let file = try HDF5File(Self.small().encoded)
    #expect(file.arrays.keys.sorted() == ["0", "1", "2"].map { "layers/lstm/cell/vars/\($0)" })
    #expect(file.groups.contains("layers/dropout/vars"))
    #expect(file.arrays["layers/lstm/cell/vars/0"]?.shape == [2, 3])
    #expect(try file.floats("layers/lstm/cell/vars/0") == [1, 2, 3, 4, 5, 6.5])
    #expect(try file.floats("layers/lstm/cell/vars/1") == [7])
    #expect(file.arrays["layers/lstm/cell/vars/2"]?.shape == [0, 4])
  }

  @Test(arguments: [1, 8, 9, 700]) func groupsOfManyMembers(_ count: Int) throws {
    let file = HDF5Builder()
    for number in 0..<count { file.add(array: "layers/dense_\(number)/vars/0", shape: [1], [Float(number)]) }
    let read = try HDF5File(file.encoded)
    #expect(read.arrays.count == count)
    for number in 0..<count { #expect(try read.floats("layers/dense_\(number)/vars/0") == [Float(number)]) }
  }

  @Test func equalContentsHaveEqualBytes() { #expect(Self.small().encoded == Self.small().encoded) }

  @Test func filesFromKerasAreRead() throws {
    let file = try HDF5File(Self.kerasFile())
    #expect(file.arrays["layers/embedding/vars/0"]?.shape == [9, 3])
    #expect(file.arrays["layers/lstm_2/cell/vars/1"]?.shape == [2, 8])
    #expect(try file.floats("layers/dense_1/vars/0").count == 3)
    #expect(file.arrays["optimizer/vars/0"]?.obstacle == "of whole numbers, not F32")
    #expect(throws: Failure.self) { try file.floats("optimizer/vars/0") }
    #expect(throws: Failure.self) { try file.floats("layers/nothing") }
  }

  /// Reads everything in a file; returns the failure if it is invalid. A crash would end the test.
  private func readAll(_ bytes: [UInt8]) -> Failure? {
    do throws(Failure) {
      let file = try HDF5File(bytes)
      for (path, array) in file.arrays where array.obstacle == nil { _ = try file.floats(path) }
      return nil
    } catch {
      return error
    }
  }

  @Test func everyTruncationIsRejected() throws {
    for bytes in [Self.small().encoded, try Self.kerasFile()] {
      let lengths = Array(0..<min(bytes.count, 1200)) + stride(from: 1200, to: bytes.count, by: 331)
      for length in lengths {
        #expect(readAll(Array(bytes[..<length])) != nil, "\(length) of \(bytes.count) bytes")
      }
    }
  }

  @Test func everyFlippedByteIsSurvived() {
    let bytes = Self.small().encoded
    var refused = 0
    for place in bytes.indices {
      for value in [0, 0xFF, bytes[place] ^ 1, bytes[place] ^ 0x80] as [UInt8] {
        var damaged = bytes
        damaged[place] = value
        if let failure = readAll(damaged) {
          refused += 1
          #expect(!failure.description.contains("\n"))
        }
      }
    }
    #expect(refused > 500)
  }

  @Test func randomDamageIsSurvived() throws {
    let bytes = try Self.kerasFile()
    var random = RandomStream(seed: 5)
    var refused = 0
    for _ in 0..<1500 {
      var damaged = bytes
      for _ in 0...random.index(below: 4) {
        damaged[random.index(below: bytes.count)] = UInt8(random.index(below: 256))
      }
      if readAll(damaged) != nil { refused += 1 }
    }
    #expect(refused > 50)
  }

  @Test func aMissingGigabyteIsRejected() throws {
    let file = HDF5Builder()
    file.add(array: "a", shape: [3, 5], [Float](repeating: 1, count: 15))
    let bytes = file.encoded
    // The sizes of the dimensions are stored as 3 and 5, eight bytes each.
    let shape: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: shape) })
    for extents in [[1 << 30, 1 << 30], [1 << 62, 1 << 62], [Int.max, 1], [16, 1]] {
      var damaged = bytes
      for (number, extent) in extents.enumerated() {
        withUnsafeBytes(of: extent.littleEndian) { raw in
          damaged.replaceSubrange(place + 8 * number..<place + 8 * number + 8, with: raw)
        }
      }
      #expect(readAll(damaged) != nil, "\(extents)")
    }
  }

  @Test func otherFilesAreReported() {
    #expect(readAll([])?.problem == "this is not an HDF5 file")
    #expect(readAll(Array("hello, this is some text".utf8))?.problem == "this is not an HDF5 file")
  }
}
