// Training that is interrupted, run with other numbers of threads, and given numbers that are none.

import Foundation

let trainingExperiments: [Experiment] = [
  .commands(
    "threads", "training and prediction with 1, 2, 3, 4, 8 threads, with random shapes of 5 cells",
    expected: "the same bits", anchor: "PyTorch, TensorFlow: results depend on threads",
    count: 250, short: 5, needs: ["zstd"]
  ) { shop in
    try shop.make(samplePipeline)
    return { number in
      let units = 1 + number * 7 % 23
      let layers = "\(cells[number % cells.count])(\(units),dropout=0.2,return_sequences) gru(3) dense(1)"
      let result = try shop.attempt(
        """
        for threads in 1 2 3 4 8; do
          rnn-train $S/w --layers '\(layers)' --batch-size \(5 + number % 60) --epochs 2 --seed \(number) -q \\
            --threads $threads -o m && rnn-predict m $S/w --threads $threads -q -o f
          zstd -dcq m f | sha256sum
        done | sort -u | wc -l
        """)
      try result.expectNoTrap()
      try result.expect(result.exit == 0 && result.lines == ["1"], layers)
    }
  },
  .commands(
    "interrupted-training",
    "SIGINT, SIGTERM or SIGHUP at a random instant of training, then --resume, with other threads",
    expected: "a checkpoint, and in the end the same model, bit for bit",
    anchor: "accelerate 4203, 4232, 4238: epochs repeated after a resume", count: 600, short: 4,
    needs: ["zstd"]
  ) { shop in
    try shop.make(samplePipeline)
    return { number in
      let signal = ["INT", "TERM", "HUP"][number % 3]
      let pause = 0.05 + Double(number * 389 % 1000) / 1000 * 0.4
      let line =
        "rnn-train $S/w --layers '\(cells[number % cells.count])(4,dropout=0.2) dense(1)' -q "
        + "--epochs 200 --optimizer 'adam(cosine(0.01,500))' --early-stopping patience=20,monitor=loss -o m"
      let result = try shop.attempt(
        """
        \(line) --threads 1; zstd -dcq m > whole; rm m
        timeout --preserve-status -s \(signal) \(pause) \(line) --checkpoint c --threads 2; code=$?
        test -e c && resume=--resume
        \(line) --checkpoint c $resume --threads 1; echo $code $?
        zstd -dcq m | cmp - whole && echo equal
        """)
      try result.expectNoTrap()
      let isExpected = ["130 0", "143 0", "129 0", "0 0"].contains(result.lines.first)
      try result.expect(isExpected && result.lines.last == "equal", "\(signal) after \(pause) s")
    }
  },
  .commands(
    "numbers", "NaN, infinities, 1e38, 1e300, denormals and text at each of 100 places of a series",
    expected: "refused with its line, or trained to a model with finite weights",
    anchor: "none published", count: 100 * oddNumbers.count, short: 2 * oddNumbers.count
  ) { shop in
    try shop.write(Array(seriesLines(replacing: nil, with: "").utf8), to: "series.csv")
    return { number in
      let (odd, line) = (oddNumbers[number % oddNumbers.count], number / oddNumbers.count % 100 + 1)
      try shop.write(Array(seriesLines(replacing: line, with: odd).utf8), to: "odd.csv")
      let result = try shop.attempt(
        """
        rnn-window $S/odd.csv --length 5 --target value --scale standard -q -o w 2> err; code=$?
        if [ $code = 0 ]; then
          rnn-train w --layers 'lstm(3) dense(1)' --epochs 2 -q -o m 2>> err; code=$?
          [ $code = 0 ] && rnn-predict m w --evaluate --json | grep -c '"loss":null'
        fi
        cat err >&2; echo $code $(grep -c . err) $(grep -c 'line \(line + 1)\\b' err) $(ls m 2> /dev/null)
        """)
      try result.expectNoTrap()
      let words = (result.lines.last ?? "").split(separator: " ")
      let isRefused = words.first == "65" && !words.contains("m")
      let isTrained = words.first == "0" && result.lines.first == "0"
      try result.expect(isRefused || isTrained, "\(odd) in line \(line + 1)")
    }
  },
]

/// The recurrent layers that experiments train.
let cells = ["lstm", "gru", "simple_rnn", "min_gru", "slstm"]

private let oddNumbers = ["nan", "inf", "-inf", "1e38", "1e300", "1e-320", "5e-45", "", "x", "1e999"]

/// A series of 100 rows, of which one has another number.
private func seriesLines(replacing line: Int?, with text: String) -> String {
  let values = (1...100).map { $0 == line ? text : String(format: "%.3f", sin(Double($0) * 0.3)) }
  return "value\n" + values.map { $0 + "\n" }.joined()
}
