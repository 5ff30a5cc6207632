// The discrete Fourier transform of real frames whose length is a power of two (Cooley and Tukey 1965, decimation in
// time):
//
//   X_k = sum over n of x_n exp(-2 pi i k n / N)

import Glibc

/// A transform of frames of one length, with its tables.
struct FourierTransform {
  /// The length of a frame, a power of two.
  let length: Int
  private let cosines: [Double]
  private let sines: [Double]
  private let order: [Int]

  init(length: Int) {
    self.length = length
    cosines = (0..<length / 2).map { cos(2 * .pi * Double($0) / Double(length)) }
    sines = (0..<length / 2).map { -sin(2 * .pi * Double($0) / Double(length)) }
    let bits = length.trailingZeroBitCount
    order = (0..<length).map { index in
      (0..<bits).reduce(0) { $0 | (index >> $1 & 1) << (bits - 1 - $1) }
    }
  }

  /// |X_k|^2 for k = 0 ... length / 2.
  func power(_ frame: [Double]) -> [Double] {
    var real = order.map { frame[$0] }
    var imaginary = [Double](repeating: 0, count: length)
    var half = 1
    while half < length {
      let step = length / (2 * half)
      for start in stride(from: 0, to: length, by: 2 * half) {
        for index in 0..<half {
          let (a, b) = (start + index, start + index + half)
          let (c, s) = (cosines[index * step], sines[index * step])
          let x: Double = real[b] * c - imaginary[b] * s
          let y: Double = real[b] * s + imaginary[b] * c
          (real[b], imaginary[b]) = (real[a] - x, imaginary[a] - y)
          (real[a], imaginary[a]) = (real[a] + x, imaginary[a] + y)
        }
      }
      half *= 2
    }
    return (0...length / 2).map { (k: Int) -> Double in real[k] * real[k] + imaginary[k] * imaginary[k] }
  }
}
