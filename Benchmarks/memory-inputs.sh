# The inputs with which the memory of the stages is measured, made in the current folder by rnn-synth and other stages: the same
# for Benchmarks/memory and for the tests, which source this file.

# Models of words and of windows, whose memory doesn't depend on their weights.
models() {
  [ -e series-model ] && return
  rnn-synth text --rows 20000 --seed 1 --format lines --quiet | rnn-tokenize --quiet | rnn-pad --length 60 --quiet |
    rnn-train --layers "embedding(20000,16) gru(16) dense(1,sigmoid)" --epochs 0 --quiet -o words-model
  rnn-synth sine --length 4000 --quiet | rnn-window --length 50 --quiet |
    rnn-train --layers "gru(16) dense(1)" --epochs 0 --quiet -o series-model
}

# inputs MEGABYTES: about so many of text and its streams, of a series, and of windows, in the folder data-MEGABYTES.
inputs() {
  local megabytes=$1 d=data-$1
  [ -e "$d/done" ] && return
  mkdir -p "$d"
  rnn-synth text --rows $((megabytes * 8600)) --seed 1 --format lines --quiet -o "$d/reviews"
  rnn-tokenize "$d/reviews" --like words-model --quiet -o "$d/tokens"
  rnn-pad "$d/tokens" --length 60 --quiet -o "$d/padded"
  rnn-synth sine --length $((megabytes * 30000)) --noise 0.1 --seed 1 --quiet -o "$d/series"
  rnn-synth sine --length $((megabytes * 1000)) --noise 0.1 --seed 1 --quiet -o "$d/short"
  # A longer one, since the numbers of a series are smaller than their text, and up to 8 MiB of them are kept in memory.
  rnn-synth sine --length $((megabytes * 80000)) --noise 0.1 --seed 1 --quiet |
    rnn-convert --to csv --quiet -o "$d/series.csv"
  rnn-synth sine --length $((megabytes * 4000)) --noise 0.1 --seed 1 --quiet |
    rnn-window --length 50 --quiet -o "$d/windows"
  touch "$d/done"
}
