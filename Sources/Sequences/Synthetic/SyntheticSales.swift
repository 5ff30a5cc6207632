// Made-up daily sales of shops, a panel whose sales depend on what is known of them: the kind of shop, the day of the
// week, the season and promotions.
//
//   sales[t] ~ Poisson(mean[t] * exp(noise * N(0, 1)))
//   mean[t] = level * (1 + growth * t / 365) * weekday[kind] * (1 + season[kind] * cos(2 pi (day - peak[kind]) / 365.25))
//             * (promotion ? lift[kind] : 1)

import Calendar
import Glibc
import RandomNumbers

/// Shops one after another, each with a row a day, as CSV: `unique_id,ds,y,promo,kind`.
///
/// One shop in four opened later than the others; all end on the same day. The rows of shop n don't depend on the number
/// of shops.
public struct SyntheticSales {
  /// What a kind of shop has in common.
  private struct Kind {
    var name: String
    /// How much a promotion multiplies sales.
    var lift: Double
    /// The factors of the days from Monday to Sunday.
    var weekdays: [Double]
    /// The share by which the season moves sales, and the day of the year that it is highest.
    var season: (size: Double, peak: Double)
  }

  /// A shop that is being written.
  private struct Shop {
    var kind: Kind
    var level: Double
    var growth: Double
    var opening: Int
  }

  private static let kinds = [
    Kind(
      name: "bakery", lift: 1.15, weekdays: [0.9, 0.9, 0.95, 1, 1.1, 1.4, 0.75], season: (0.05, 350)),
    Kind(name: "garden", lift: 1.5, weekdays: [0.8, 0.8, 0.8, 0.9, 1.2, 1.7, 0.8], season: (0.6, 130)),
    Kind(name: "toys", lift: 2, weekdays: [0.8, 0.8, 0.9, 0.9, 1.1, 1.6, 0.9], season: (0.4, 345)),
  ]

  /// The first day: Sunday, 2023-01-01.
  private static let start: Int64 = 1_672_531_200

  private let days: Int
  private let future: Int
  private let noise: Double
  /// Larger means are reduced to this one; no sensible noise makes them.
  private static let largestMean = 1e12
  private var random: RandomStream
  private var count = 0

  /// - Parameters:
  ///   - days: the days of the shops that were open from the first day on.
  ///   - future: the days after these, of which promotions are known, but not sales.
  ///   - noise: the standard deviation of the logarithm of the noise.
  public init(days: Int, future: Int, noise: Double, seed: UInt64) {
    (self.days, self.future, self.noise) = (days, future, noise)
    random = RandomStream(seed: seed, stream: SyntheticStream.sales.rawValue)
  }

  /// The first line.
  public static let csvHeader = "unique_id,ds,y,promo,kind\n"

  /// The lines of the next shop.
  public mutating func next() -> String {
    count += 1
    let shop = open()
    let name = "shop-" + String(repeating: "0", count: max(0, 4 - "\(count)".count)) + "\(count)"
    var (lines, promotion) = ("", 0)
    for day in 0..<days + future {
      advance(&promotion)
      let sales = poisson(mean(shop, day, promotion > 0) * exp(noise * random.normal()))
      guard day >= shop.opening else { continue }
      let date = timeText(Self.start + Int64(day) * 86_400).prefix(10)
      lines += "\(name),\(date),\(day < days ? "\(sales)" : ""),\(promotion > 0 ? 1 : 0),\(shop.kind.name)\n"
    }
    return lines
  }

  private mutating func open() -> Shop {
    let kind = Self.kinds[random.index(below: Self.kinds.count)]
    let level = exp(3.5 + 0.8 * random.normal())
    let growth = 0.15 * random.normal()
    let isLate = random.index(below: 4) == 0
    let delay = random.index(below: max(1, days / 2))
    return Shop(kind: kind, level: level, growth: growth, opening: isLate ? delay : 0)
  }

  /// Counts down the days of a promotion, which begins every two or three weeks and lasts three to seven days.
  private mutating func advance(_ promotion: inout Int) {
    promotion = max(0, promotion - 1)
    let (begins, length) = (random.index(below: 18) == 0, 3 + random.index(below: 5))
    if promotion == 0, begins { promotion = length }
  }

  private func mean(_ shop: Shop, _ day: Int, _ isPromoted: Bool) -> Double {
    let season = shop.kind.season
    let cycle = 1 + season.size * cos(2 * .pi * (Double(day) - season.peak) / 365.25)
    let trend = max(0.1, 1 + shop.growth * Double(day) / 365)
    return shop.level * trend * shop.kind.weekdays[(day + 6) % 7] * cycle * (isPromoted ? shop.kind.lift : 1)
  }

  /// A number from the Poisson distribution, by counting the products of uniform numbers (Knuth); for large means, where
  /// that takes long, by rounding a normal number with the same mean and variance.
  private mutating func poisson(_ mean: Double) -> Int {
    guard mean < 60 else {
      let mean = min(mean, Self.largestMean)
      return max(0, Int((mean + mean.squareRoot() * random.normal()).rounded()))
    }
    let limit = exp(-mean)
    var (product, count) = (random.uniform(), 0)
    while product > limit {
      product *= random.uniform()
      count += 1
    }
    return count
  }
}
