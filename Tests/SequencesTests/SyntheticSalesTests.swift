// Made-up sales: shops don't depend on their number, and sales depend on promotions as their formula says.

import Sequences
import Testing

@Suite struct SyntheticSalesTests {
  private func rows(shops: Int, days: Int, future: Int = 0) -> [[Substring]] {
    var sales = SyntheticSales(days: days, future: future, noise: 0.1, seed: 5)
    return (0..<shops).flatMap { _ in
      sales.next().split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }
  }

  @Test func shopsDoNotDependOnTheirNumber() {
    #expect(rows(shops: 3, days: 40) == rows(shops: 9, days: 40).filter { $0[0] <= "shop-0003" })
  }

  /// Each shop has every day up to the last one, and only days of the future have no sales.
  @Test func daysAreComplete() {
    for shop in Dictionary(grouping: rows(shops: 20, days: 60, future: 7), by: { $0[0] }).values {
      #expect(shop.map { $0[1] } == shop.map { $0[1] }.sorted())
      #expect(shop.last?[1] == "2023-03-08" && Set(shop.map { $0[1] }).count == shop.count)
      #expect(shop.suffix(7).allSatisfy { $0[2].isEmpty })
      #expect(shop.dropLast(7).allSatisfy { Int($0[2]) != nil })
    }
  }

  /// The ratio of the mean sales with and without a promotion, of shops of each kind together.
  @Test(arguments: [("bakery", 1.15), ("garden", 1.5), ("toys", 2)])
  func promotionsLiftSales(kind: String, lift: Double) {
    let shops = Dictionary(grouping: rows(shops: 60, days: 730).filter { $0[4] == kind }, by: { $0[0] })
    let ratios = shops.values.map { shop in
      func mean(_ promo: String) -> Double {
        let sales = shop.filter { $0[3] == promo }.compactMap { Double($0[2]) }
        return sales.reduce(0, +) / Double(sales.count)
      }
      return mean("1") / mean("0")
    }
    #expect(abs(ratios.reduce(0, +) / Double(ratios.count) / lift - 1) < 0.07, "\(kind)")
  }
}
