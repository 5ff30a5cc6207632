// Random numbers: the generator's published known answers, and simple statistics.

import RandomNumbers
import Testing

@Suite struct RandomStreamTests {
  /// The known-answer vectors of Random123 (`philox4x32 10`): all zeros, all ones, the digits of pi.
  @Test func knownAnswers() {
    let zero = Philox.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
    #expect(zero == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let pi = Philox.block(
      counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
      key: SIMD2(0xA409_3822, 0x299F_31D0))
    #expect(pi == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func aStreamIsItsBlocksInOrder() {
    var stream = RandomStream(seed: 7, stream: 3)
    for index in 0..<8 {
      let words = stream.block(UInt64(index))
      #expect(stream.next() == UInt64(words[0]) | UInt64(words[1]) << 32)
      #expect(stream.next() == UInt64(words[2]) | UInt64(words[3]) << 32)
    }
  }

  @Test func seedsAndStreamsDiffer() {
    let first = (0..<64).map { seed -> UInt64 in
      var stream = RandomStream(seed: UInt64(seed))
      return stream.next()
    }
    let second = (0..<64).map { number -> UInt64 in
      var stream = RandomStream(seed: 0, stream: UInt64(number + 1))
      return stream.next()
    }
    #expect(Set(first + second).count == 128)
  }

  @Test func uniformIsUniform() {
    var stream = RandomStream(seed: 1)
    let values = (0..<100_000).map { _ in stream.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    let mean = values.reduce(0, +) / 100_000
    let square = values.map { $0 * $0 }.reduce(0, +) / 100_000
    // Four standard errors of the mean and of the mean square.
    let bound = 4 / 100_000.0.squareRoot()
    let third = 1.0 / 3
    #expect(abs(mean - 0.5) < 0.2887 * bound)
    #expect(abs(square - third) < 0.2981 * bound)
  }

  @Test(arguments: [1, 2, 3, 6, 7, 1000]) func indicesCoverTheirRange(bound: Int) {
    var stream = RandomStream(seed: 2)
    let indices = (0..<bound * 20).map { _ in stream.index(below: bound) }
    #expect(Set(indices).count >= bound * 9 / 10)
    #expect(indices.allSatisfy { (0..<bound).contains($0) })
  }

  @Test func indicesAreUnbiased() {
    var stream = RandomStream(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.index(below: 7)] += 1 }
    // Chi squared with 6 degrees of freedom exceeds 22.5 with probability 0.001.
    #expect(counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 } < 22.5)
  }

  @Test(arguments: [0, 1, 2, 5, 1000]) func aPermutationContainsEverythingOnce(count: Int) {
    var stream = RandomStream(seed: 4)
    #expect(stream.permutation(count).sorted() == Array(0..<count))
  }

  @Test func permutationsAreEquallyLikely() {
    var stream = RandomStream(seed: 5)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[stream.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    // Chi squared with 23 degrees of freedom exceeds 49.7 with probability 0.001.
    #expect(counts.values.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 } < 49.7)
  }

  @Test func normalNumbersHaveTheirMoments() {
    var stream = RandomStream(seed: 6)
    let values = (0..<100_000).map { _ in stream.normal() }
    let mean = values.reduce(0, +) / 100_000
    let squares = values.map { $0 * $0 }
    let variance = squares.reduce(0, +) / 100_000
    let fourth = squares.map { $0 * $0 }.reduce(0, +) / 100_000
    let bound = 4 / 100_000.0.squareRoot()
    #expect(abs(mean) < bound)
    #expect(abs(variance - 1) < 1.415 * bound)
    #expect(abs(fourth - 3) < 9.8 * bound)
    #expect((0..<10_000).allSatisfy { _ in abs(stream.truncatedNormal()) <= 2 })
  }

  @Test func theSameSeedGivesTheSameNumbers() {
    var stream = RandomStream(seed: 42)
    #expect(stream.permutation(8) == RandomStreamAnswers.permutation)
    #expect(stream.uniform() == RandomStreamAnswers.uniform)
  }
}

/// The results of version 1: changing them would change every shuffle and split that users have made.
private enum RandomStreamAnswers {
  static let permutation = [0, 5, 7, 4, 6, 1, 2, 3]
  static let uniform = 0.37912606997098774
}
