// Choosing tokens: frequencies, temperature, top k, top p, and the seed.

import Failures
import Foundation
import Inference
import Testing

@Suite struct SamplerTests {
  private let probabilities = [0.1, 0.4, 0, 0.3, 0.2]
  private var logarithms: [Double] { probabilities.map { log($0) } }

  private func frequencies(_ sampling: Sampling, count: Int = 40_000) -> [Double] {
    var sampler = Sampler(sampling)
    var counts = [Double](repeating: 0, count: probabilities.count)
    for _ in 0..<count { if let token = sampler.next(logarithms) { counts[token] += 1 } }
    return counts.map { $0 / Double(count) }
  }

  private func expect(_ found: [Double], _ wanted: [Double]) {
    let total = wanted.reduce(0, +)
    for (frequency, weight) in zip(found, wanted) {
      // Four standard deviations of 40,000 draws.
      #expect(abs(frequency - weight / total) < 0.01, "\(found) \(wanted)")
      #expect(weight > 0 || frequency == 0)
    }
  }

  @Test func frequenciesAreTheProbabilities() throws {
    expect(frequencies(try Sampling(seed: 1)), probabilities)
    expect(frequencies(try Sampling(topK: 100, topP: 1, seed: 2)), probabilities)
  }

  @Test(arguments: [0.5, 0.8, 2]) func temperatureDividesTheLogarithms(_ temperature: Double) throws {
    expect(
      frequencies(try Sampling(temperature: temperature, seed: 3)),
      probabilities.map { pow($0, 1 / temperature) })
  }

  @Test func topKKeepsTheMostProbable() throws {
    expect(frequencies(try Sampling(topK: 2, seed: 4)), [0, 0.4, 0, 0.3, 0])
    expect(frequencies(try Sampling(topK: 1, seed: 4)), [0, 1, 0, 0, 0])
  }

  @Test func topPKeepsTheFewestThatReachIt() throws {
    expect(frequencies(try Sampling(topP: 0.39, seed: 5)), [0, 1, 0, 0, 0])
    expect(frequencies(try Sampling(topP: 0.5, seed: 5)), [0, 0.4, 0, 0.3, 0])
    expect(frequencies(try Sampling(topP: 0.85, seed: 5)), [0, 0.4, 0, 0.3, 0.2])
    // Of the two of top k, the first has 4/7.
    expect(frequencies(try Sampling(topK: 2, topP: 0.5, seed: 5)), [0, 1, 0, 0, 0])
  }

  @Test func temperatureZeroTakesTheFirstMostProbable() throws {
    var sampler = Sampler(try Sampling(temperature: 0, seed: 6))
    let choices = [logarithms, logarithms, [-1, 0, 0], [-.infinity, -.infinity], []].map { sampler.next($0) }
    #expect(choices == [1, 1, 1, nil, nil])
  }

  @Test func theSeedAndTheSequenceDetermineTheChoices() throws {
    func choices(_ seed: UInt64, _ sequence: Int) throws -> [Int?] {
      var sampler = Sampler(try Sampling(seed: seed), sequence: sequence)
      return (0..<50).map { _ in sampler.next(logarithms) }
    }
    #expect(try choices(1, 0) == choices(1, 0))
    #expect(try choices(1, 0) != choices(2, 0))
    #expect(try choices(1, 0) != choices(1, 1))
  }

  @Test func settingsOutOfRangeAreRefused() {
    #expect(throws: Failure.self) { try Sampling(temperature: -1) }
    #expect(throws: Failure.self) { try Sampling(temperature: .nan) }
    #expect(throws: Failure.self) { try Sampling(topK: 0) }
    #expect(throws: Failure.self) { try Sampling(topP: 0) }
    #expect(throws: Failure.self) { try Sampling(topP: 1.1) }
  }
}
